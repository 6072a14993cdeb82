import { nanosFromUsd } from '../core/money.ts'

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const powers = { '': 0, k: 3, M: 6 } as const

/** How rates are written: `300/m`, `10/s`, `200k/m`, `1M/d`, `50/10s`. */
export const ratePattern = '\\d+(?:\\.\\d+)?[kM]?/\\d{0,6}[smhd]'

const form = /^(\d+(?:\.\d+)?)([kM]?)\/(\d{0,6})([smhd])$/

/** So much within any stretch of time. */
export interface Rate {
  /** Billionths of one, so that a rate of US dollars is in nano-dollars. */
  readonly billionths: bigint
  readonly ms: number
}

/** The longest stretch a rate may be for. */
export const longestRateMs = 366 * unitMs.d

/** A written rate, or undefined when it is none. */
export const rateFrom = (text: string): Rate | undefined => {
  const match = form.exec(text)
  if (!match) return undefined
  const [, amount = '', power = '', count = '', unit = ''] = match
  const ms = (count === '' ? 1 : Number(count)) * unitMs[unit as keyof typeof unitMs]
  if (ms === 0 || ms > longestRateMs) return undefined
  return { billionths: nanosFromUsd(`${amount}e${powers[power as keyof typeof powers]}`), ms }
}

/** The rate as a whole number, or undefined when it has a fraction. */
export const wholeOf = ({ billionths }: Rate): bigint | undefined =>
  billionths % 1_000_000_000n === 0n ? billionths / 1_000_000_000n : undefined

import type { Usd } from '../format.ts'

/** Sums of one group. */
export interface UsageRow {
  readonly group: Readonly<Record<string, string>>
  readonly attempts: number
  readonly calls: number
  readonly failed: number
  readonly inputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  readonly outputTokens: number
  readonly reasoningTokens: number
  readonly cost: Usd
  readonly estimatedCost: Usd
  readonly unknownCost: number
  readonly hits: number
  readonly saved: Usd
}

export interface UsageReport {
  readonly from: string
  readonly to: string
  readonly rows: readonly UsageRow[]
  /** There were more. */
  readonly isCut: boolean
}

/** Exact sums of amounts of money; what is not known is left out. */
export const sumUsd = (amounts: readonly Usd[]): string => {
  let nanos = 0n
  for (const amount of amounts) {
    const text = typeof amount === 'object' && amount !== null ? amount.usd : amount
    const [, whole = '0', part = ''] = /^(\d+)(?:\.(\d{1,9}))?$/.exec(String(text ?? '0')) ?? []
    nanos += BigInt(whole) * 1_000_000_000n + BigInt(part.padEnd(9, '0'))
  }
  const digits = String(nanos).padStart(10, '0')
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`.replace(/\.?0+$/, '')
}

export const nameOf = (row: UsageRow, by: string): string => row.group[by] ?? 'none'

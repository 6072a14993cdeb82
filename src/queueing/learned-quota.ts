import type { QuotaUnit } from './quota.ts'

/** What a provider said of one of its limits. */
export interface Told {
  readonly unit: QuotaUnit
  readonly limit: number
  readonly remaining: number
  /** Until everything is free again, in milliseconds; undefined: it did not say. */
  readonly resetMs: number | undefined
}

/** What a learner may change. */
interface Learner {
  told(told: Told): void
}

type Headers = Readonly<Record<string, string>>

const prefix = 'x-upstream-ratelimit-'
const units: readonly QuotaUnit[] = ['requests', 'tokens']

/** Names of one unit, as OpenAI and its likes write them, and as Anthropic does. */
const namesOf = (unit: QuotaUnit) => [
  { limit: `${prefix}limit-${unit}`, remaining: `${prefix}remaining-${unit}`, reset: `${prefix}reset-${unit}` },
  { limit: `${prefix}${unit}-limit`, remaining: `${prefix}${unit}-remaining`, reset: `${prefix}${unit}-reset` },
]

const names = { requests: namesOf('requests'), tokens: namesOf('tokens') }

const spanForm = /^(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/

/** A span such as `6m0s`, `1.5s`, `120ms`, `20` (seconds), or a moment such as `2026-11-30T08:00:00Z`; milliseconds. */
export const resetMsOf = (text: string, unixMs: number): number | undefined => {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000
  const match = text === '' ? null : spanForm.exec(text)
  if (match) {
    const [, hours = '0', minutes = '0', seconds = '0', ms = '0'] = match
    return Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1_000 + Number(ms)
  }
  const at = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : Math.max(0, at - unixMs)
}

/** Reads what headers of an answer say of the provider's limits; what is no number says nothing. */
export const readLimits = (headers: Headers, unixMs: number): readonly Told[] => {
  const found: Told[] = []
  for (const unit of units)
    for (const { limit: limitName, remaining: remainingName, reset } of names[unit]) {
      const limit = countOf(headers[limitName])
      const remaining = countOf(headers[remainingName])
      if (limit === undefined || remaining === undefined || limit === 0) continue
      const span = headers[reset]
      found.push({ unit, limit, remaining, resetMs: span === undefined ? undefined : resetMsOf(span, unixMs) })
      break
    }
  return found
}

const countOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined

/** Tells a gate what the headers of an answer say of the provider's limits. */
export const learn = (gate: Learner, headers: Headers): void => {
  for (const name in headers) {
    if (!name.startsWith(prefix)) continue
    for (const told of readLimits(headers, Date.now())) gate.told(told)
    return
  }
}

const minuteMs = 60_000
const dayMs = 86_400_000

/**
 * The window a limit is for. Providers do not say; nearly all are for a minute. Where so little is used and it takes so
 * long to come back that it cannot be a minute, it is a day.
 */
export const windowOf = ({ limit, remaining, resetMs }: Told): number => {
  if (resetMs === undefined) return minuteMs
  const used = Math.max(1, limit - remaining)
  const whole = (resetMs * limit) / used
  // A bucket tells when it is full again, a fixed window when it ends: both are within the window.
  return resetMs > 2 * minuteMs && whole > 10 * minuteMs ? dayMs : minuteMs
}

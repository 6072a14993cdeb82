import type { LimitStanding } from '../../core/limit-standing.ts'
import { usualLimitHeaders } from '../limit-headers.ts'

/** A moment as Anthropic writes it: RFC 3339 in UTC, whole seconds. Rounded up, so that it is never too early. */
const momentOf = (unixMs: number): string =>
  `${new Date(Math.ceil(unixMs / 1_000) * 1_000).toISOString().slice(0, 19)}Z`

/** Limits under Anthropic's own names, beside those that everybody knows. */
export const limitHeaders = (limits: readonly LimitStanding[], now: number): Record<string, string> => {
  const headers = usualLimitHeaders(limits, now)
  for (const { unit, limit, remaining, resetsAt } of limits) {
    headers[`anthropic-ratelimit-${unit}-limit`] = String(limit)
    headers[`anthropic-ratelimit-${unit}-remaining`] = String(remaining)
    if (resetsAt !== undefined) headers[`anthropic-ratelimit-${unit}-reset`] = momentOf(resetsAt)
  }
  return headers
}

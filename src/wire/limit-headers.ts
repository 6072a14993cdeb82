import type { LimitStanding } from '../core/limit-standing.ts'

/** A span of time as OpenAI writes it: `12ms`, `1s`, `6m0s`, `2h0m0s`. Rounded up, so that it is never too early. */
export const spanOf = (ms: number): string => {
  if (ms < 1_000) return `${Math.max(0, Math.ceil(ms))}ms`
  const seconds = Math.ceil(ms / 1_000)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  if (minutes === 0) return `${seconds}s`
  return hours === 0 ? `${minutes}m${seconds % 60}s` : `${hours}h${minutes % 60}m${seconds % 60}s`
}

/**
 * Limits in the headers that OpenAI has made usual, `x-ratelimit-remaining-requests` and its like. `now` in Unix
 * milliseconds. What becomes free at no certain time has no `reset`.
 */
export const usualLimitHeaders = (limits: readonly LimitStanding[], now: number): Record<string, string> => {
  const headers: Record<string, string> = {}
  for (const { unit, limit, remaining, resetsAt } of limits) {
    const names = usualNames[unit]
    headers[names.limit] = String(limit)
    headers[names.remaining] = String(remaining)
    if (resetsAt !== undefined) headers[names.reset] = spanOf(resetsAt - now)
  }
  return headers
}

const namesFor = (unit: LimitStanding['unit']) => ({
  limit: `x-ratelimit-limit-${unit}`,
  remaining: `x-ratelimit-remaining-${unit}`,
  reset: `x-ratelimit-reset-${unit}`,
})

/** Made once: a name put together for each answer would be a new string for every lookup behind it. */
const usualNames = { requests: namesFor('requests'), tokens: namesFor('tokens') }

import { type Outcome, outcomes } from './outcome.ts'

const throttledDefaultMs = 5_000
const throttledMostMs = 300_000
const quotaMs = 15 * 60_000
const unhealthyMs = 5 * 60_000

/**
 * How long a credential is left alone after an outcome, in milliseconds; undefined: the outcome says nothing against it.
 * `retryAfterMs` is what the upstream asked for.
 */
export const restMsAfter = (outcome: Outcome, retryAfterMs: number | undefined): number | undefined => {
  switch (outcomes[outcome].credential) {
    case 'cool_down':
      return Math.min(retryAfterMs ?? throttledDefaultMs, throttledMostMs)
    case 'cool_down_long':
      return quotaMs
    case 'unhealthy':
      return unhealthyMs
    default:
      return undefined
  }
}

import { afterwards } from '../core/afterwards.ts'
import type { Attempt } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import type { Stage } from '../core/handler.ts'
import type { Health } from '../routing/health.ts'

/** Tells `health` how each attempt began and ended, so that a target that keeps failing is left alone for a while. */
export const breaker =
  (health: Health, clock: Clock): Stage<Attempt> =>
  (next) =>
  (attempt) => {
    health.begin(attempt.target)
    const began = clock.now()
    let firstTokenMs: number | undefined
    const answer = next(attempt).then((begun) => {
      firstTokenMs = clock.now() - began
      return begun
    })
    return afterwards(answer, ({ error }) => {
      const outcome = error === undefined ? 'ok' : (error.details.outcome ?? 'cancelled')
      health.end(attempt.target, outcome, { retryAfterMs: error?.details.retryAfterMs, firstTokenMs })
    })
  }

import { afterwards } from '../core/afterwards.ts'
import type { Attempt } from '../core/call.ts'
import type { Stage } from '../core/handler.ts'
import { outcomes } from '../core/outcome.ts'
import { paysItself } from '../core/provider-key.ts'
import type { Health } from '../routing/health.ts'

/**
 * Tells `health` how each attempt began and ended, so that a target that keeps failing is left alone for a while. What
 * became of a caller's own key is no news of the target.
 */
export const breaker =
  (health: Health): Stage<Attempt> =>
  (next) =>
  (attempt) => {
    const { target, line, notes } = attempt
    health.begin(target)
    return afterwards(next(attempt), ({ error, summary }) => {
      const ended = error === undefined ? 'ok' : (error.details.outcome ?? 'cancelled')
      const isOfTheirKey = ended !== 'ok' && outcomes[ended].credential !== 'keep' && paysItself(attempt)
      const outcome = isOfTheirKey ? 'cancelled' : ended
      const begun = summary === undefined ? undefined : notes.firstTokenAt
      health.end(target, outcome, {
        retryAfterMs: error?.details.retryAfterMs,
        firstTokenMs: begun === undefined ? undefined : begun - line.started,
      })
    })
  }

import { afterwards, type Ending } from '../core/afterwards.ts'
import { billOf } from '../core/bill.ts'
import type { Attempt } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import type { Stage } from '../core/handler.ts'
import type { Outcome } from '../core/outcome.ts'
import { estimateInput } from '../core/tokens.ts'
import { isPlausible, noUsage, type Usage } from '../core/usage.ts'

/** Failed before a token was processed, so nothing was charged. */
const free: ReadonlySet<Outcome> = new Set([
  'not_sent',
  'server',
  'throttled',
  'quota',
  'auth',
  'not_found',
  'context',
  'policy',
  'too_large',
  'incapable',
  'caller',
  'lock',
])

/** Closes the line of an attempt: how it ended, what it used, and what that costs. */
export const price =
  (clock: Clock): Stage<Attempt> =>
  (next) =>
  (attempt) =>
    afterwards(next(attempt), (ending) => {
      const { line, target } = attempt
      const { error } = ending
      line.ended = clock.now()
      line.outcome = error === undefined ? 'ok' : (error.details.outcome ?? 'cancelled')
      if (error) line.error = error.code
      const usage = usageOf(attempt, ending, line.outcome)
      if (!usage) return
      line.usage = usage
      if (usage === noUsage) line.costNanos = 0n
      else {
        const { nanos } = billOf(usage, target, attempt.request.chat.serviceTier)
        if (nanos !== undefined) line.costNanos = nanos
      }
    })

/** The provider's own figures where it gave them; an estimate for what broke off; nothing where nothing is known. */
const usageOf = (attempt: Attempt, { error, summary }: Ending, outcome: Outcome | 'ok'): Usage | undefined => {
  if (attempt.request.operation === 'count_tokens') return noUsage
  // Figures that cannot be true are as good as none.
  const reported = summary?.usage && isPlausible(summary.usage) ? summary.usage : undefined
  if (error === undefined) return reported
  const begun = summary !== undefined
  if (attempt.line.sent === false) return noUsage
  if (!begun && outcome !== 'ok' && free.has(outcome)) return noUsage
  const { request } = attempt
  if (request.raw) return reported && { ...reported, source: 'estimated' }
  return {
    ...(reported ?? { ...noUsage, input: estimateInput(request) }),
    // Providers send about one token per event; a lower figure that they reported themselves is not believed.
    output: request.embed ? 0 : Math.max(reported?.output ?? 0, summary?.chunks ?? 0),
    source: 'estimated',
  }
}

import type { Attempt } from '../core/call.ts'
import type { Stage } from '../core/handler.ts'
import { type Format, revise } from '../core/request.ts'
import type { Target } from '../core/target.ts'
import { inWords } from '../structured/ask-again.ts'

/**
 * Tells a target in words what format is wanted, where it cannot be given one. Only where the answer is held against
 * the format afterwards: words alone promise nothing.
 */
export const emulate: Stage<Attempt> = (next) => (attempt) => {
  const { format, messages } = attempt.request.chat
  if (!attempt.conforms || format === undefined || format.kind === 'text') return next(attempt)
  if (!lacks(attempt.target, format)) return next(attempt)
  const words = inWords(format)
  // Fields that only one language knows would be lost; the target refuses the format by itself then.
  if (!words || attempt.request.untranslatable.length > 0) return next(attempt)
  const isPossible = format.kind === 'schema' && !lacksJson(attempt.target)
  return next({
    ...attempt,
    request: revise(attempt.request, {
      messages: [words, ...messages],
      format: isPossible ? { kind: 'json' } : undefined,
    }),
  })
}

const lacks = (target: Target, format: Format): boolean =>
  format.kind === 'schema'
    ? target.quirks.schemaFormat === false || target.facts?.lacks.includes('schema') === true
    : lacksJson(target)

const lacksJson = ({ quirks, facts }: Target): boolean =>
  quirks.jsonFormat === false || facts?.lacks.includes('json') === true

import type { Answer } from '../core/answer.ts'
import type { Attempt } from '../core/call.ts'
import type { Handler, Stage } from '../core/handler.ts'
import { type Format, revise } from '../core/request.ts'
import type { Target } from '../core/target.ts'
import { answerTool, asTool, inWords } from '../structured/ask-again.ts'
import { spoken } from '../structured/spoken.ts'

/**
 * Asks a target that cannot be given a format in another way: by a tool whose arguments are the answer, or in words.
 * Only where the answer is held against the format afterwards: neither promises anything.
 */
export const emulate: Stage<Attempt> = (next) => (attempt) => {
  const { format } = attempt.request.chat
  if (!attempt.conforms || format === undefined || format.kind === 'text') return next(attempt)
  // Fields that only one language knows would be lost; the target refuses the format by itself then.
  if (!lacks(attempt.target, format) || attempt.request.untranslatable.length > 0) return next(attempt)
  return byTool(attempt, format, next) ?? byWords(attempt, format, next)
}

const lacks = (target: Target, format: Format): boolean =>
  format.kind === 'schema'
    ? target.quirks.schemaFormat === false || target.facts?.lacks.includes('schema') === true
    : lacksJson(target)

const lacksJson = ({ quirks, facts }: Target): boolean =>
  quirks.jsonFormat === false || facts?.lacks.includes('json') === true

/** Of models that nobody knows it is not known either. */
const callsTools = ({ facts }: Target): boolean => facts?.contextWindow !== undefined && !facts.lacks.includes('tools')

/** Undefined where there is no room for such a tool. */
const byTool = (attempt: Attempt, format: Format, next: Handler<Attempt>): Promise<Answer> | undefined => {
  const { request, target } = attempt
  const { tools, messages, choices = 1 } = request.chat
  if (tools.length > 0 || choices > 1 || !callsTools(target)) return undefined
  const asked = asTool(format)
  if (!asked) return undefined
  const chat = { messages: [asked.words, ...messages], tools: [asked.tool], format: undefined }
  return next({ ...attempt, request: revise(request, chat) }).then((answer) => spoken(answer, answerTool))
}

/** Where the target knows JSON at least, it is asked for that. */
const byWords = (attempt: Attempt, format: Format, next: Handler<Attempt>): Promise<Answer> => {
  const { request, target } = attempt
  const words = inWords(format)
  const isJson = format.kind === 'schema' && !lacksJson(target)
  const chat = {
    messages: words ? [words, ...request.chat.messages] : request.chat.messages,
    format: isJson ? ({ kind: 'json' } as const) : undefined,
  }
  return next({ ...attempt, request: revise(request, chat) })
}

import type { Violation } from '../core/output-rules.ts'
import type { Format, Message, Tool } from '../core/request.ts'

/** So much of a faulty answer is shown to the model again. */
const mostShown = 8_000
const mostListed = 10

/** The end of a conversation in which a model is asked to do better: what it said, and what was wrong with it. */
export const askAgain = (said: string, violations: readonly Violation[]): readonly Message[] => [
  { role: 'assistant', parts: [{ kind: 'text', text: shown(said) }] },
  { role: 'user', parts: [{ kind: 'text', text: complaint(violations) }] },
]

const shown = (said: string): string => {
  if (said.trim() === '') return '(nothing)'
  return said.length > mostShown ? `${said.slice(0, mostShown)}…` : said
}

const complaint = (violations: readonly Violation[]): string => {
  if (violations.length === 0) return 'That is no JSON. Answer again with the JSON alone, without any other words.'
  const listed = violations
    .slice(0, mostListed)
    .map(({ pointer, message }) => `- ${pointer === '' ? 'the answer' : pointer} ${message}`)
  return `That does not satisfy the schema:\n${listed.join('\n')}\nAnswer again with the corrected JSON alone, without any other words.`
}

/** What a model is told that cannot be given a format: the same in words. */
export const inWords = (format: Format): Message | undefined => {
  if (format.kind === 'text') return undefined
  const text =
    format.kind === 'json'
      ? `Answer with one JSON ${format.any ? 'value' : 'object'} and nothing else: no other words, no fences.`
      : `Answer with one JSON value and nothing else: no other words, no fences. It must satisfy this JSON Schema${described(format)}:\n${JSON.stringify(format.schema)}`
  return { role: 'system', parts: [{ kind: 'text', text }] }
}

const described = ({
  name,
  description,
}: {
  readonly name: string
  readonly description?: string | undefined
}): string =>
  description === undefined ? ` of ${JSON.stringify(name)}` : ` of ${JSON.stringify(name)} (${description})`

/** A tool whose arguments are the answer, and the words that ask for its call. Undefined: no tool takes such a value. */
export const asTool = (format: Format): { readonly tool: Tool; readonly words: Message } | undefined => {
  // Arguments of a tool are always an object.
  if (format.kind !== 'schema' || format.schema.type !== 'object') return undefined
  const description = format.description ?? 'Gives the answer.'
  const text = `Give your answer by calling the tool \`${answerTool}\` once, and say nothing else.`
  return {
    tool: { name: answerTool, description, parameters: format.schema },
    words: { role: 'system', parts: [{ kind: 'text', text }] },
  }
}

/** The name of that tool. */
export const answerTool = 'give_answer'

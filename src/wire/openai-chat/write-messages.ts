import type { JsonValue } from '../../core/json.ts'
import type { Message, Part, ToolCallPart, ToolResultPart } from '../../core/request.ts'
import type { Target } from '../../core/target.ts'
import { isOwn, writeDetail } from './reasoning.ts'
import { writeContent } from './write-parts.ts'

type Written = Record<string, JsonValue | undefined>

const writeCall = ({ id, name, arguments: input, custom }: ToolCallPart): JsonValue =>
  custom
    ? { id, type: 'custom', custom: { name, input } }
    : { id, type: 'function', function: { name, arguments: input } }

/** The language has no mark for a result that is an error: the result's own words say it. */
const writeResult = ({ id, parts }: ToolResultPart): Written => ({
  role: 'tool',
  tool_call_id: id,
  content: parts.length === 0 ? '' : writeContent(parts, 'tool'),
})

const refusalOf = (parts: readonly Part[]): string => {
  let text = ''
  for (const part of parts) if (part.kind === 'refusal') text += part.text
  return text
}

/**
 * Thinking of an earlier turn, in the field where the target takes it back, with its proof where the provider has one.
 * Thinking of other origins is left out: it is no part of the question, and its proof means nothing here.
 */
const reasoningOf = (parts: readonly Part[], field: NonNullable<Target['quirks']['reasoningField']>): Written => {
  const own = parts.filter((part) => part.kind === 'reasoning').filter(({ origin }) => isOwn(origin))
  const text = own.map((part) => part.text).join('')
  const proven = field === 'reasoning' && own.some(({ signature, redacted }) => signature ?? redacted)
  return {
    [field]: text === '' ? undefined : text,
    reasoning_details: proven ? own.map((part, index) => writeDetail(part, index)) : undefined,
  }
}

const audioId = (parts: readonly Part[]): string | undefined => {
  for (const part of parts) if (part.kind === 'audio' && part.source.kind === 'id') return part.source.id
  return undefined
}

const isContent = (part: Part): boolean =>
  part.kind !== 'tool_call' &&
  part.kind !== 'reasoning' &&
  part.kind !== 'refusal' &&
  !(part.kind === 'audio' && part.source.kind === 'id')

const writeAnswer = ({ name, parts }: Message, target: Target): Written => {
  const content = parts.filter(isContent)
  const calls = parts.filter((part) => part.kind === 'tool_call')
  const refusal = refusalOf(parts)
  const audio = audioId(parts)
  const silent = calls.length > 0 || refusal !== '' || audio !== undefined
  const message: Written = {
    role: 'assistant',
    name,
    content: content.length > 0 ? writeContent(content, 'assistant') : silent ? null : '',
  }
  if (refusal !== '') message.refusal = refusal
  if (audio !== undefined) message.audio = { id: audio }
  if (calls.length > 0) message.tool_calls = calls.map(writeCall)
  const field = target.quirks.reasoningField
  return field ? { ...message, ...reasoningOf(parts, field) } : message
}

const writeOther = (message: Message, target: Target): Written[] => {
  const written: Written[] = []
  const rest: Part[] = []
  // Results are messages of their own here, and must follow the calls directly: before what else was said.
  for (const part of message.parts) {
    if (part.kind === 'tool_result') written.push(writeResult(part))
    else rest.push(part)
  }
  if (rest.length === 0 && written.length > 0) return written
  const developer = message.role === 'developer' && target.quirks.developerRole === false
  const role = developer ? 'system' : message.role === 'tool' ? 'user' : message.role
  written.push({ role, name: message.name, content: rest.length === 0 ? '' : writeContent(rest, role) })
  return written
}

/** A conversation as this language's messages. */
export const writeMessages = (messages: readonly Message[], target: Target): JsonValue[] => {
  const written: Written[] = []
  for (const message of messages) {
    if (message.role === 'assistant') written.push(writeAnswer(message, target))
    else written.push(...writeOther(message, target))
  }
  return written as JsonValue[]
}

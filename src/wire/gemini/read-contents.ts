import { invalid } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import type { Message, Part, ReasoningPart } from '../../core/request.ts'
import { optionalText } from '../checks.ts'
import { fieldsOf, isUnsaid, listOf, noteOthers, type Reading } from './fields.ts'
import { wireName } from './name.ts'
import { isBareProof } from './proof.ts'
import { readParts } from './read-parts.ts'
import { CallBook, type PartPlace } from './read-tool-parts.ts'

const contentFields: ReadonlySet<string> = new Set(['role', 'parts'])
const mostContents = 100_000

/** A user's content holds results of tools beside what the user says; neutral words keep the two apart. */
const pushUserTurn = (parts: readonly Part[], into: Message[]): void => {
  let said: Part[] = []
  for (const part of parts) {
    if (part.kind !== 'tool_result') {
      said.push(part)
      continue
    }
    if (said.length > 0) into.push({ role: 'user', parts: said })
    said = []
    into.push({ role: 'tool', parts: [part] })
  }
  if (said.length > 0) into.push({ role: 'user', parts: said })
}

/** Thinking that goes on: a proof at its end counts for all of it. */
const goesOn = (last: Part | undefined, next: ReasoningPart): last is ReasoningPart =>
  last?.kind === 'reasoning' &&
  last.origin === wireName &&
  last.signature === undefined &&
  last.redacted === undefined &&
  next.redacted === undefined &&
  !isBareProof(next)

const pushAnswerPart = (part: Part, atSeam: boolean, into: Part[]): void => {
  const last = into.at(-1)
  if (part.kind === 'reasoning' && goesOn(last, part)) into[into.length - 1] = { ...part, text: last.text + part.text }
  else if (atSeam && part.kind === 'text' && last?.kind === 'text')
    into[into.length - 1] = { kind: 'text', text: last.text + part.text }
  else into.push(part)
}

/** Streams end with a text that says nothing, which clients keep and others refuse. */
const says = (part: Part): boolean => part.kind !== 'text' || part.text !== ''

/** Google's clients keep an answer that was streamed as one content per piece: they are one message again. */
const pushAnswer = (given: readonly Part[], into: Message[]): void => {
  const parts = given.filter(says)
  if (parts.length === 0) return
  const last = into.at(-1)
  const goesOnWith = last?.role === 'assistant' ? last : undefined
  const all: Part[] = goesOnWith ? [...goesOnWith.parts] : []
  for (const [index, part] of parts.entries()) pushAnswerPart(part, index === 0, all)
  if (goesOnWith) into[into.length - 1] = { role: 'assistant', parts: all }
  else into.push({ role: 'assistant', parts: all })
}

const readContent = (value: JsonValue, path: string, at: PartPlace & { readonly messages: Message[] }): void => {
  const content = fieldsOf(value, path)
  noteOthers(content, contentFields, path, at.reading)
  const role = optionalText(content, 'role', path) || 'user'
  const parts = isUnsaid(content.parts) ? [] : readParts(content.parts, `${path}.parts`, at)
  if (role === 'model') pushAnswer(parts, at.messages)
  else if (role === 'user' || role === 'function') pushUserTurn(parts, at.messages)
  else throw invalid(`${path}.role`, "must be 'user' or 'model'")
}

/** The conversation, in neutral words. */
export const readContents = (value: JsonValue, path: string, reading: Reading): Message[] => {
  const contents = listOf(value, path)
  if (contents.length > mostContents) throw invalid(path, `must hold at most ${mostContents} contents`)
  const at = { reading, calls: new CallBook(), messages: [] as Message[] }
  for (const [index, content] of contents.entries()) readContent(content, `${path}.${index}`, at)
  if (at.messages.length === 0) throw invalid(path, 'must hold at least one part')
  return at.messages
}

/** The system instruction as a first message; undefined when it says nothing. */
export const readInstruction = (value: JsonValue, path: string, reading: Reading): Message | undefined => {
  const content = fieldsOf(value, path)
  noteOthers(content, contentFields, path, reading)
  if (isUnsaid(content.parts)) return undefined
  const parts = readParts(content.parts, `${path}.parts`, { reading, calls: new CallBook() })
  const other = parts.findIndex(({ kind }) => kind !== 'text' && kind !== 'opaque')
  if (other !== -1) throw invalid(`${path}.parts.${other}`, 'must be text')
  return { role: 'system', parts }
}

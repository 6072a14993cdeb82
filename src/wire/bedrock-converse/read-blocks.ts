import { openEnvelope } from '../../core/envelope.ts'
import { invalid } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Part } from '../../core/request.ts'
import { listAt, nameAt, objectAt, optionalText, textAt } from '../checks.ts'
import { wireName } from './name.ts'
import { type MemberReader, readAudio, readDocument, readImage } from './read-media.ts'
import { cacheMarkOf, canBeMarked, isGiven, memberOf, noteOthers, type Reading } from './reading.ts'
import { openRedacted } from './redacted.ts'
import { originalToolId } from './tool-ids.ts'

/** Where a content block stands. */
export type Place = 'system' | 'user' | 'assistant' | 'result'

const text: MemberReader = (block, path) => ({ kind: 'text', text: textAt(block, 'text', path) })

/** A value given as the result of a tool says the same as its JSON text. */
const json: MemberReader = (block) => ({ kind: 'text', text: JSON.stringify(block.json) })

const toolUseFields: ReadonlySet<string> = new Set(['toolUseId', 'name', 'input'])
const toolUse: MemberReader = (block, path, reading) => {
  const use = objectAt(block, 'toolUse', path)
  const where = `${path}.toolUse`
  const id = nameAt(use, 'toolUseId', where)
  const name = nameAt(use, 'name', where)
  const { input } = use
  if (!isGiven(input)) throw invalid(`${where}.input`, 'is required')
  // A tool that Amazon or the model's maker runs by itself.
  if (isGiven(use.type)) return undefined
  noteOthers(use, toolUseFields, where, reading)
  let written: string | undefined
  return {
    kind: 'tool_call',
    id: originalToolId(id),
    name,
    // Written only if somebody looks: a long history of tool calls that passes untouched would pay for all of them.
    get arguments() {
      written ??= JSON.stringify(input)
      return written
    },
  }
}

const statuses: ReadonlyMap<string | undefined, boolean | undefined> = new Map([
  [undefined, undefined],
  ['success', false],
  ['error', true],
])

const toolResultFields: ReadonlySet<string> = new Set(['toolUseId', 'content', 'status'])
const toolResult: MemberReader = (block, path, reading) => {
  const result = objectAt(block, 'toolResult', path)
  const where = `${path}.toolResult`
  const id = nameAt(result, 'toolUseId', where)
  const status = optionalText(result, 'status', where)
  if (!statuses.has(status)) throw invalid(`${where}.status`, "must be 'success' or 'error'")
  if (isGiven(result.type)) return undefined
  noteOthers(result, toolResultFields, where, reading)
  return {
    kind: 'tool_result',
    id: originalToolId(id),
    parts: readBlocks(listAt(result, 'content', where), { path: `${where}.content`, place: 'result', reading }),
    isError: statuses.get(status),
  }
}

const thinkingFields: ReadonlySet<string> = new Set(['text', 'signature'])
const reasoning: MemberReader = (block, path, reading) => {
  const content = objectAt(block, 'reasoningContent', path)
  const where = `${path}.reasoningContent`
  const member = memberOf(content, where)
  if (member === 'redactedContent') {
    const redacted = openRedacted(textAt(content, 'redactedContent', where))
    if (redacted.origin !== wireName) reading.foreignReasoning = true
    return { kind: 'reasoning', text: '', ...redacted }
  }
  if (member !== 'reasoningText') return undefined
  const thought = objectAt(content, 'reasoningText', where)
  noteOthers(thought, thinkingFields, `${where}.reasoningText`, reading)
  const said = textAt(thought, 'text', `${where}.reasoningText`)
  const signature = optionalText(thought, 'signature', `${where}.reasoningText`) ?? ''
  const envelope = openEnvelope(signature)
  if (!envelope) return { kind: 'reasoning', text: said, signature: signature || undefined, origin: wireName }
  reading.foreignReasoning = true
  return { kind: 'reasoning', text: said, signature: envelope.content, origin: envelope.origin }
}

/** Citations of an earlier answer decorate its text: without them the conversation says the same. */
const cited: MemberReader = (block, path) => {
  const { content } = objectAt(block, 'citationsContent', path)
  if (!isGiven(content)) return undefined
  if (!Array.isArray(content)) throw invalid(`${path}.citationsContent.content`, 'must be an array')
  const texts = content.map((piece: JsonValue) => (isObject(piece) ? piece.text : undefined))
  return texts.every((each) => typeof each === 'string') ? { kind: 'text', text: texts.join('') } : undefined
}

interface Member {
  readonly read: MemberReader
  readonly places: readonly Place[]
}

const members: ReadonlyMap<string, Member> = new Map<string, Member>([
  ['text', { read: text, places: ['system', 'user', 'assistant', 'result'] }],
  ['json', { read: json, places: ['result'] }],
  ['image', { read: readImage, places: ['user', 'assistant', 'result'] }],
  ['document', { read: readDocument, places: ['user', 'assistant', 'result'] }],
  ['audio', { read: readAudio, places: ['user', 'assistant'] }],
  ['toolUse', { read: toolUse, places: ['assistant'] }],
  ['toolResult', { read: toolResult, places: ['user', 'assistant'] }],
  ['reasoningContent', { read: reasoning, places: ['assistant'] }],
  ['citationsContent', { read: cited, places: ['user', 'assistant'] }],
])

export interface Spot {
  /** Of the list. */
  readonly path: string
  readonly place: Place
  readonly reading: Reading
}

/** Carried as it is, to this wire alone. */
const opaque = (block: JsonObject, path: string, reading: Reading): Part => {
  reading.untranslatable.push(path)
  return { kind: 'opaque', wire: wireName, value: block }
}

const readBlock = (block: JsonObject, path: string, { place, reading }: Spot): Part => {
  const name = memberOf(block, path)
  const member = members.get(name)
  if (member && !member.places.includes(place)) throw invalid(path, `'${name}' has no place in ${places[place]}`)
  return member?.read(block, path, reading) ?? opaque(block, `${path}.${name}`, reading)
}

const places: Readonly<Record<Place, string>> = {
  system: 'a system prompt',
  user: 'a user message',
  assistant: 'an assistant message',
  result: 'a tool result',
}

/** The blocks of a list. A `cachePoint` marks what stands before it. */
export const readBlocks = (blocks: readonly JsonValue[], spot: Spot): Part[] => {
  const parts: Part[] = []
  for (let index = 0; index < blocks.length; index++) {
    const block: JsonValue = blocks[index] as JsonValue
    const path = `${spot.path}.${index}`
    if (!isObject(block)) throw invalid(path, 'must be an object')
    const last = parts.at(-1)
    if (!isGiven(block.cachePoint)) parts.push(readBlock(block, path, spot))
    else if (memberOf(block, path) === 'cachePoint') {
      const cache = cacheMarkOf(block, path, spot.reading)
      if (canBeMarked(last)) parts[parts.length - 1] = withMark(last, cache)
      else parts.push(opaque(block, `${path}.cachePoint`, spot.reading))
    }
  }
  return parts
}

/** The same part, marked; its arguments are still written only if somebody looks. */
const withMark = (part: Part, cache: 'short' | 'long'): Part =>
  Object.defineProperty(part, 'cache', { value: cache, enumerable: true })

import { openEnvelope } from '../../core/envelope.ts'
import { invalid } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Part } from '../../core/request.ts'
import { listAt, nameAt, objectAt, optionalFlag, optionalObject, optionalText, textAt } from '../checks.ts'
import { wireName } from './name.ts'
import { readSource } from './read-sources.ts'
import { cacheMarkOf, noteOthers, type Reading } from './reading.ts'
import { originalToolId } from './tool-ids.ts'

/** Where a content block stands. */
export type Place = 'system' | 'user' | 'assistant' | 'result'

type BlockReader = (block: JsonObject, path: string, reading: Reading) => Part

interface BlockType {
  readonly read: BlockReader
  readonly places: readonly Place[]
}

const fields = (...names: string[]): ReadonlySet<string> => new Set(['type', 'cache_control', ...names])

/** Carried as it is, to this wire alone. */
const opaque: BlockReader = (block, path, reading) => {
  reading.untranslatable.push(path)
  return { kind: 'opaque', wire: wireName, value: block }
}

// Citations of an earlier answer decorate its text: without them the conversation says the same.
const textFields = fields('text', 'citations')
const text: BlockReader = (block, path, reading) => {
  noteOthers(block, textFields, path, reading)
  return { kind: 'text', text: textAt(block, 'text', path), cache: cacheMarkOf(block, path, reading) }
}

const imageFields = fields('source')
const image: BlockReader = (block, path, reading) => {
  const source = readSource(block, path)
  if (!source) return opaque(block, path, reading)
  noteOthers(block, imageFields, path, reading)
  return { kind: 'image', source, cache: cacheMarkOf(block, path, reading) }
}

const documentFields = fields('source', 'title', 'context', 'citations')
const document: BlockReader = (block, path, reading) => {
  const source = readSource(block, path)
  const citations = optionalObject(block, 'citations', path)
  const file = {
    kind: 'file',
    name: optionalText(block, 'title', path),
    context: optionalText(block, 'context', path),
    citations: citations && optionalFlag(citations, 'enabled', `${path}.citations`),
    cache: cacheMarkOf(block, path, reading),
  } as const
  if (!source) return opaque(block, path, reading)
  noteOthers(block, documentFields, path, reading)
  const given = block.source as JsonObject
  return { ...file, source, text: given.type === 'text' ? textAt(given, 'data', path) : undefined }
}

const toolUseFields = fields('id', 'name', 'input', 'caller')
const toolUse: BlockReader = (block, path, reading) => {
  noteOthers(block, toolUseFields, path, reading)
  const caller = optionalObject(block, 'caller', path)
  if (caller && caller.type !== 'direct') reading.untranslatable.push(`${path}.caller`)
  const input = objectAt(block, 'input', path)
  let written: string | undefined
  return {
    kind: 'tool_call',
    id: originalToolId(nameAt(block, 'id', path)),
    name: nameAt(block, 'name', path),
    // Written only if somebody looks: a long history of tool calls that passes untouched would pay for all of them.
    get arguments() {
      written ??= JSON.stringify(input)
      return written
    },
    cache: cacheMarkOf(block, path, reading),
  }
}

const toolResultFields = fields('tool_use_id', 'content', 'is_error')
const toolResult: BlockReader = (block, path, reading) => {
  noteOthers(block, toolResultFields, path, reading)
  return {
    kind: 'tool_result',
    id: originalToolId(nameAt(block, 'tool_use_id', path)),
    parts:
      block.content === undefined || block.content === null
        ? []
        : readContent(block, { path, place: 'result', reading }),
    isError: optionalFlag(block, 'is_error', path),
    cache: cacheMarkOf(block, path, reading),
  }
}

const thinkingFields = fields('thinking', 'signature')
const thinking: BlockReader = (block, path, reading) => {
  noteOthers(block, thinkingFields, path, reading)
  const said = textAt(block, 'thinking', path)
  const signature = optionalText(block, 'signature', path) ?? ''
  const envelope = openEnvelope(signature)
  if (!envelope) return { kind: 'reasoning', text: said, signature: signature || undefined, origin: wireName }
  reading.foreignReasoning = true
  return { kind: 'reasoning', text: said, signature: envelope.content, origin: envelope.origin }
}

const redactedFields = fields('data')
const redactedThinking: BlockReader = (block, path, reading) => {
  noteOthers(block, redactedFields, path, reading)
  const data = textAt(block, 'data', path)
  const envelope = openEnvelope(data)
  if (!envelope) return { kind: 'reasoning', text: '', redacted: data, origin: wireName }
  reading.foreignReasoning = true
  return { kind: 'reasoning', text: '', redacted: envelope.content ?? '', origin: envelope.origin }
}

const blockTypes: ReadonlyMap<JsonValue | undefined, BlockType> = new Map([
  ['text', { read: text, places: ['system', 'user', 'assistant', 'result'] }],
  ['image', { read: image, places: ['user', 'assistant', 'result'] }],
  ['document', { read: document, places: ['user', 'assistant', 'result'] }],
  ['tool_use', { read: toolUse, places: ['assistant'] }],
  ['tool_result', { read: toolResult, places: ['user'] }],
  ['thinking', { read: thinking, places: ['assistant'] }],
  ['redacted_thinking', { read: redactedThinking, places: ['assistant'] }],
])

export interface Spot {
  /** Of the object that holds `content`. */
  readonly path: string
  readonly place: Place
  readonly reading: Reading
}

const readBlock = (block: JsonValue | undefined, path: string, { place, reading }: Spot): Part => {
  if (!isObject(block)) throw invalid(path, 'must be an object')
  const type = blockTypes.get(block.type)
  if (type) {
    if (!type.places.includes(place)) throw invalid(`${path}.type`, `'${block.type}' has no place in ${places[place]}`)
    return type.read(block, path, reading)
  }
  nameAt(block, 'type', path)
  return opaque(block, path, reading)
}

const places: Readonly<Record<Place, string>> = {
  system: 'a system prompt',
  user: 'a user message',
  assistant: 'an assistant message',
  result: 'a tool result',
}

/** The blocks of a list; `path` is that of the list. */
export const readBlocks = (blocks: readonly JsonValue[], spot: Spot): Part[] => {
  const parts: Part[] = []
  for (let index = 0; index < blocks.length; index++)
    parts.push(readBlock(blocks[index], `${spot.path}.${index}`, spot))
  return parts
}

/** A `content` field: a string is short for one block of text. */
export const readContent = (holder: JsonObject, spot: Spot): Part[] => {
  const { content } = holder
  if (typeof content === 'string') return [{ kind: 'text', text: content, cache: undefined }]
  if (!Array.isArray(content) && content !== undefined && content !== null) {
    throw invalid(`${spot.path}.content`, 'must be a string or an array of blocks')
  }
  return readBlocks(listAt(holder, 'content', spot.path), { ...spot, path: `${spot.path}.content` })
}

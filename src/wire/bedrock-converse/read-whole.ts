import type { Delta } from '../../core/delta.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { garbled } from '../garbled.ts'
import { annotation, collectExtras, extras, joinedText, opaqueBlock } from './block-deltas.ts'
import { readFinish } from './finish.ts'
import { audioFormats, imageFormats, mediaTypeOf } from './formats.ts'
import { wireName } from './name.ts'
import { readUsage } from './usage.ts'

const parse = (bytes: Uint8Array): JsonValue => {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
  } catch (cause) {
    throw garbled('it is no JSON', cause)
  }
}

/** Amazon tells neither an id nor a model in its answers. */
export const unnamed: Delta = { kind: 'start', id: '', model: '' }

/** What a block says; undefined for what has no neutral word. */
type BlockReader = (value: JsonValue, block: number) => readonly Delta[] | undefined

const textOf = (text: string, block: number): readonly Delta[] =>
  text === '' ? [] : [{ kind: 'text', choice: 0, block, text }]

const text: BlockReader = (value, block) => {
  if (typeof value !== 'string') throw garbled('a text is none')
  return textOf(value, block)
}

const cited: BlockReader = (value, block) => {
  if (!isObject(value)) throw garbled('a cited text is none')
  const citations = Array.isArray(value.citations) ? value.citations.filter(isObject) : []
  return [...textOf(joinedText(value.content), block), ...citations.map((each) => annotation(each, block))]
}

const toolUse: BlockReader = (value, block) => {
  if (!isObject(value)) throw garbled('a tool call is none')
  const { toolUseId: id, name, input, type } = value
  if (type !== undefined && type !== null) return undefined
  if (typeof id !== 'string' || id === '' || typeof name !== 'string' || name === '')
    throw garbled('a tool call has no id or no name')
  return [{ kind: 'tool_call', choice: 0, block, id, name, arguments: JSON.stringify(input ?? {}) }]
}

const reasoning: BlockReader = (value, block) => {
  if (!isObject(value)) throw garbled('thinking is none')
  const { reasoningText, redactedContent } = value
  if (typeof redactedContent === 'string')
    return [{ kind: 'reasoning', choice: 0, block, text: '', redacted: redactedContent, origin: wireName }]
  if (!isObject(reasoningText)) return undefined
  const said = typeof reasoningText.text === 'string' ? reasoningText.text : ''
  const signature = typeof reasoningText.signature === 'string' ? reasoningText.signature || undefined : undefined
  if (said === '' && signature === undefined) return []
  return [{ kind: 'reasoning', choice: 0, block, text: said, signature, origin: wireName }]
}

const media =
  (formats: typeof imageFormats): BlockReader =>
  (value, block) => {
    if (!isObject(value) || !isObject(value.source)) return undefined
    const mediaType = mediaTypeOf(formats, value.format)
    const { bytes } = value.source
    if (mediaType === undefined || typeof bytes !== 'string') return undefined
    return [{ kind: 'media', choice: 0, block, mediaType, data: bytes }]
  }

const readers: ReadonlyMap<string, BlockReader> = new Map([
  ['text', text],
  ['citationsContent', cited],
  ['toolUse', toolUse],
  ['reasoningContent', reasoning],
  ['image', media(imageFormats)],
  ['audio', media(audioFormats)],
])

const readContent = (content: readonly JsonValue[], deltas: Delta[]): void => {
  let next = 0
  for (const block of content) {
    if (!isObject(block)) throw garbled('a block is no object')
    const [member, value] = Object.entries(block).find(([, each]) => each !== undefined && each !== null) ?? []
    if (member === undefined || value === undefined) continue
    const said = readers.get(member)?.(value, next)
    if (!said) deltas.push(opaqueBlock(block))
    else if (said.length > 0) {
      deltas.push(...said)
      next++
    }
  }
}

const contentOf = ({ output }: JsonObject): readonly JsonValue[] => {
  const message = isObject(output) ? output.message : undefined
  if (!isObject(message) || !Array.isArray(message.content)) throw garbled('it has no message')
  return message.content
}

/** A whole answer. What is no message is no answer, and one without a reason for its end was cut. */
export const readWhole = (bytes: Uint8Array): readonly Delta[] => {
  const body = parse(bytes)
  if (!isObject(body)) throw garbled('it is no object')
  const deltas: Delta[] = [unnamed]
  readContent(contentOf(body), deltas)
  const usage = readUsage(body)
  if (usage) deltas.push({ kind: 'usage', usage })
  const beside: Record<string, JsonValue | undefined> = {}
  collectExtras(body, beside)
  const decoration = extras(beside)
  if (decoration) deltas.push(decoration)
  const finish = readFinish(body)
  if (!finish) throw garbled('it has no stop reason')
  deltas.push(finish)
  return deltas
}

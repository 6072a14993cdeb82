import type { Form } from '../../core/answer.ts'
import type { Reader } from '../../core/chunk.ts'
import type { Delta } from '../../core/delta.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { type AwsEvent, readAwsEvents } from '../aws-events.ts'
import { garbled } from '../garbled.ts'
import { annotation, collectExtras, extras, opaqueBlock } from './block-deltas.ts'
import { readException } from './errors.ts'
import { readFinish } from './finish.ts'
import { imageFormats, mediaTypeOf } from './formats.ts'
import { wireName } from './name.ts'
import { readWhole, unnamed } from './read-whole.ts'
import { ServedBlock } from './served-block.ts'
import { readUsage } from './usage.ts'

/** A block that is open. Each kind of content in it has a number of its own, given when it says something. */
interface OpenBlock {
  readonly numbers: Map<string, number>
  served: ServedBlock | undefined
  isTool: boolean
  /** Did a tool call tell any input? */
  hasInput: boolean
  mediaType: string
}

/** What is known of one stream so far. */
class Progress {
  readonly extras: Record<string, JsonValue | undefined> = {}
  readonly #blocks = new Map<number, OpenBlock>()
  #next = 0

  /** Beginnings are told of tools and pictures only. */
  block(index: number): OpenBlock {
    const known = this.#blocks.get(index)
    if (known) return known
    const block = { numbers: new Map(), served: undefined, isTool: false, hasInput: false, mediaType: '' }
    this.#blocks.set(index, block)
    return block
  }

  close(index: number): OpenBlock | undefined {
    const block = this.#blocks.get(index)
    this.#blocks.delete(index)
    return block
  }

  numberOf(block: OpenBlock, kind: Delta['kind']): number {
    const known = block.numbers.get(kind)
    if (known !== undefined) return known
    block.numbers.set(kind, this.#next)
    return this.#next++
  }
}

type Handler = (event: JsonObject, progress: Progress, deltas: Delta[]) => void

const indexOf = (event: JsonObject): number => {
  if (typeof event.contentBlockIndex !== 'number') throw garbled('an event has no index')
  return event.contentBlockIndex
}

/** The one member of a union that is given. */
const memberOf = (event: JsonObject, key: string): readonly [name: string, value: JsonValue] | undefined => {
  const union = event[key]
  if (!isObject(union)) throw garbled(`an event has no ${key}`)
  for (const name in union) {
    const value = union[name]
    if (value !== undefined && value !== null) return [name, value]
  }
  return undefined
}

const startTool = (value: JsonObject, block: OpenBlock, progress: Progress): Delta => {
  const { toolUseId: id, name } = value
  if (typeof id !== 'string' || id === '' || typeof name !== 'string' || name === '')
    throw garbled('a tool call has no id or no name')
  block.isTool = true
  return { kind: 'tool_call', choice: 0, block: progress.numberOf(block, 'tool_call'), id, name, arguments: '' }
}

const blockStart: Handler = (event, progress, deltas) => {
  const block = progress.block(indexOf(event))
  const [member, value] = memberOf(event, 'start') ?? []
  if (member === undefined || !isObject(value)) return
  const servedByProvider = member === 'toolResult' || (value.type !== undefined && value.type !== null)
  if (member === 'image') block.mediaType = mediaTypeOf(imageFormats, value.format) ?? ''
  else if (servedByProvider) block.served = new ServedBlock(member, value)
  else if (member === 'toolUse') deltas.push(startTool(value, block, progress))
}

type DeltaReader = (value: JsonValue, block: OpenBlock, progress: Progress) => Delta | undefined

const text: DeltaReader = (value, block, progress) => {
  if (typeof value !== 'string') throw garbled('a delta has no text')
  if (value === '') return undefined
  return { kind: 'text', choice: 0, block: progress.numberOf(block, 'text'), text: value }
}

const toolUse: DeltaReader = (value, block, progress) => {
  if (!isObject(value) || typeof value.input !== 'string') throw garbled('a delta has no input')
  // Without its beginning, which does not matter to the ending, this is input of a tool the provider runs itself.
  if (value.input === '' || !block.isTool) return undefined
  block.hasInput = true
  const number = progress.numberOf(block, 'tool_call')
  return { kind: 'tool_call', choice: 0, block: number, arguments: value.input }
}

const reasoning: DeltaReader = (value, block, progress) => {
  if (!isObject(value)) throw garbled('a delta has no thinking')
  const { text: said, signature, redactedContent: redacted } = value
  const thought = (more: { text: string; signature?: string; redacted?: string }): Delta => ({
    kind: 'reasoning',
    choice: 0,
    block: progress.numberOf(block, 'reasoning'),
    origin: wireName,
    ...more,
  })
  if (typeof said === 'string') return said === '' ? undefined : thought({ text: said })
  if (typeof signature === 'string') return signature === '' ? undefined : thought({ text: '', signature })
  if (typeof redacted === 'string') return thought({ text: '', redacted })
  return opaqueBlock({ reasoningContent: value })
}

const image: DeltaReader = (value, block, progress) => {
  const source = isObject(value) ? value.source : undefined
  const bytes = isObject(source) ? source.bytes : undefined
  if (typeof bytes !== 'string' || block.mediaType === '') return opaqueBlock({ image: value })
  const number = progress.numberOf(block, 'media')
  return { kind: 'media', choice: 0, block: number, mediaType: block.mediaType, data: bytes }
}

const deltaReaders: ReadonlyMap<string, DeltaReader> = new Map<string, DeltaReader>([
  ['text', text],
  ['toolUse', toolUse],
  ['reasoningContent', reasoning],
  ['image', image],
  [
    'citation',
    (value, block, progress) => {
      if (!isObject(value)) throw garbled('a citation is none')
      return annotation(value, progress.numberOf(block, 'text'))
    },
  ],
])

const blockDelta: Handler = (event, progress, deltas) => {
  const block = progress.block(indexOf(event))
  const [member, value] = memberOf(event, 'delta') ?? []
  if (member === undefined || value === undefined) return
  if (block.served) return block.served.add(value)
  const read = deltaReaders.get(member)
  // The result of a tool whose beginning was not read: nothing of it matters to the ending.
  const delta = read
    ? read(value, block, progress)
    : member === 'toolResult'
      ? undefined
      : opaqueBlock({ [member]: value })
  if (delta) deltas.push(delta)
}

const blockStop: Handler = (event, progress, deltas) => {
  const block = progress.close(indexOf(event))
  if (block?.served) deltas.push(opaqueBlock(block.served.whole()))
  // Where a tool takes nothing nothing is told; other languages say so.
  else if (block?.isTool && !block.hasInput) {
    const number = progress.numberOf(block, 'tool_call')
    deltas.push({ kind: 'tool_call', choice: 0, block: number, arguments: '{}' })
  }
}

const messageStop: Handler = (event, progress, deltas) => {
  collectExtras(event, progress.extras)
  const finish = readFinish(event)
  if (!finish) throw garbled('a message ended without a reason')
  deltas.push(finish)
}

/** The last event of every stream. Without it nobody knows what was used, and the stream was cut. */
const metadata: Handler = (event, progress, deltas) => {
  const usage = readUsage(event)
  if (usage) deltas.push({ kind: 'usage', usage })
  collectExtras(event, progress.extras)
  const decoration = extras(progress.extras)
  if (decoration) deltas.push(decoration)
  deltas.push({ kind: 'end' })
}

const handlers: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['contentBlockDelta', blockDelta],
  ['contentBlockStart', blockStart],
  ['contentBlockStop', blockStop],
  ['messageStart', (_, __, deltas) => deltas.push(unnamed)],
  ['messageStop', messageStop],
  ['metadata', metadata],
])

const parse = (payload: Buffer): JsonObject => {
  let value: JsonValue
  try {
    value = JSON.parse(payload.toString('utf8'))
  } catch (cause) {
    throw garbled('an event is no JSON', cause)
  }
  if (!isObject(value)) throw garbled('an event is no JSON object')
  return value
}

const readEvent = (event: AwsEvent, progress: Progress, deltas: Delta[]): void => {
  if (event.type === 'exception' || event.type === 'error') {
    deltas.push({ kind: 'failure', error: readException(event) })
    return
  }
  // Events of a type that we do not know are remarks; all clients pass them over.
  const handler = handlers.get(event.name)
  if (handler) handler(parse(event.payload), progress, deltas)
}

const readStream = (): Reader => {
  const progress = new Progress()
  return (bytes) => {
    const deltas: Delta[] = []
    for (const event of readAwsEvents(bytes)) readEvent(event, progress, deltas)
    return deltas
  }
}

/** Upstream → us; new for each answer. It may be shown all events, or only those that matter. */
export const reader = (form: Form): Reader => (form === 'whole' ? readWhole : readStream())

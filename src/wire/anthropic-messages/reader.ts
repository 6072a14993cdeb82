import type { Form } from '../../core/answer.ts'
import type { Reader } from '../../core/chunk.ts'
import type { Delta } from '../../core/delta.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { garbled } from '../garbled.ts'
import { readEvents, type SseEvent } from '../sse.ts'
import { annotation, blockStarts, opaqueBlock } from './block-starts.ts'
import { readErrorEvent } from './errors.ts'
import { collectExtras, extras } from './extras.ts'
import { readFinish } from './finish.ts'
import { wireName } from './name.ts'
import { OpaqueBlock } from './opaque-block.ts'
import { readWhole, startOf } from './read-whole.ts'
import { mergeUsage, readUsage } from './usage.ts'

/** What is known of one stream so far. */
class Progress {
  usage: JsonObject = {}
  readonly extras: Record<string, JsonValue | undefined> = {}
  /** Blocks that are open, by their index upstream. */
  readonly blocks = new Map<number, KnownBlock | OpaqueBlock>()
  /** The number of the next block that says something in neutral words. */
  next = 0
}

/** A block that has neutral words. It gets its number when it says something, so that numbers have no gaps. */
interface KnownBlock {
  readonly isTool: boolean
  number: number
  /** Did a tool call tell any input? */
  hasInput: boolean
}

const numberOf = (block: KnownBlock, progress: Progress): number => {
  if (block.number === -1) block.number = progress.next++
  return block.number
}

type Handler = (event: JsonObject, progress: Progress, deltas: Delta[]) => void

const objectIn = (event: JsonObject, key: string): JsonObject => {
  const value = event[key]
  if (!isObject(value)) throw garbled(`an event has no ${key}`)
  return value
}

const indexOf = (event: JsonObject): number => {
  if (typeof event.index !== 'number') throw garbled('an event has no index')
  return event.index
}

const tellUsage = (told: JsonValue | undefined, progress: Progress, deltas: Delta[]): void => {
  if (!isObject(told)) return
  progress.usage = mergeUsage(progress.usage, told)
  const usage = readUsage(progress.usage)
  if (usage) deltas.push({ kind: 'usage', usage })
}

const messageStart: Handler = (event, progress, deltas) => {
  const message = objectIn(event, 'message')
  deltas.push(startOf(message))
  collectExtras(message, progress.extras)
  tellUsage(message.usage, progress, deltas)
}

const blockStart: Handler = (event, progress, deltas) => {
  const index = indexOf(event)
  const block = objectIn(event, 'content_block')
  const start = blockStarts.get(block.type)
  if (!start) {
    progress.blocks.set(index, new OpaqueBlock(block))
    return
  }
  const said = start(block, progress.next)
  const isTool = block.type === 'tool_use'
  const hasInput = said.some((delta) => delta.kind === 'tool_call' && delta.arguments !== '')
  progress.blocks.set(index, { isTool, number: said.length > 0 ? progress.next++ : -1, hasInput })
  deltas.push(...said)
}

type DeltaReader = (delta: JsonObject, block: number) => Delta

const text = (value: JsonValue | undefined): string => {
  if (typeof value !== 'string') throw garbled('a delta has no text')
  return value
}

const deltaReaders: ReadonlyMap<JsonValue | undefined, DeltaReader> = new Map<string, DeltaReader>([
  ['text_delta', (delta, block) => ({ kind: 'text', choice: 0, block, text: text(delta.text) })],
  [
    'thinking_delta',
    (delta, block) => ({ kind: 'reasoning', choice: 0, block, text: text(delta.thinking), origin: wireName }),
  ],
  [
    'signature_delta',
    (delta, block) => ({
      kind: 'reasoning',
      choice: 0,
      block,
      text: '',
      signature: text(delta.signature),
      origin: wireName,
    }),
  ],
  [
    'input_json_delta',
    (delta, block) => ({ kind: 'tool_call', choice: 0, block, arguments: text(delta.partial_json) }),
  ],
  ['citations_delta', (delta, block) => annotation(objectIn(delta, 'citation'), block)],
])

const saysNothing = (delta: JsonObject): boolean =>
  delta.text === '' || delta.thinking === '' || delta.signature === '' || delta.partial_json === ''

const blockDelta: Handler = (event, progress, deltas) => {
  const index = indexOf(event)
  const delta = objectIn(event, 'delta')
  const block = progress.blocks.get(index)
  if (block instanceof OpaqueBlock) return block.add(delta)
  if (saysNothing(delta)) return
  if (delta.type === 'input_json_delta') {
    // Without its beginning, which does not matter to the ending, this is input of a tool the provider runs itself.
    if (!block) return
    block.hasInput = true
  }
  const read = deltaReaders.get(delta.type)
  deltas.push(read ? read(delta, numberOf(block ?? openUnseen(index, progress), progress)) : opaqueBlock(event))
}

/** Imitations of this language leave beginnings of text out. */
const openUnseen = (index: number, progress: Progress): KnownBlock => {
  const block = { isTool: false, number: -1, hasInput: false }
  progress.blocks.set(index, block)
  return block
}

const blockStop: Handler = (event, progress, deltas) => {
  const index = indexOf(event)
  const block = progress.blocks.get(index)
  progress.blocks.delete(index)
  if (block instanceof OpaqueBlock) deltas.push(opaqueBlock(block.whole()))
  // Where a tool takes nothing nothing is told; other languages say so.
  else if (block?.isTool && !block.hasInput) {
    deltas.push({ kind: 'tool_call', choice: 0, block: numberOf(block, progress), arguments: '{}' })
  }
}

const eventFields: ReadonlySet<string> = new Set(['type', 'delta', 'usage'])

const messageDelta: Handler = (event, progress, deltas) => {
  const delta = objectIn(event, 'delta')
  tellUsage(event.usage, progress, deltas)
  collectExtras(delta, progress.extras)
  for (const key in event) if (!eventFields.has(key)) progress.extras[key] = event[key]
  const finish = readFinish(delta)
  if (!finish) return
  const decoration = extras(progress.extras, progress.usage)
  if (decoration) deltas.push(decoration)
  deltas.push(finish)
}

const handlers: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['content_block_delta', blockDelta],
  ['content_block_start', blockStart],
  ['content_block_stop', blockStop],
  ['message_start', messageStart],
  ['message_delta', messageDelta],
  ['message_stop', (_, __, deltas) => deltas.push({ kind: 'end' })],
  ['ping', () => {}],
  ['error', (event, _, deltas) => deltas.push({ kind: 'failure', error: readErrorEvent(objectIn(event, 'error')) })],
])

const parse = (data: string): JsonObject => {
  let value: JsonValue
  try {
    value = JSON.parse(data)
  } catch (cause) {
    throw garbled('an event is no JSON', cause)
  }
  if (!isObject(value)) throw garbled('an event is no JSON object')
  return value
}

const readEvent = ({ event: name, data }: SseEvent, progress: Progress, deltas: Delta[]): void => {
  // Imitations of this language end with OpenAI's mark as well.
  if (data === '[DONE]') return
  const event = parse(data)
  const handler = handlers.get(typeof event.type === 'string' ? event.type : name)
  if (handler) handler(event, progress, deltas)
  else deltas.push({ kind: 'opaque', wire: wireName, value: event, semantic: false })
}

const readStream = (): Reader => {
  const progress = new Progress()
  return (bytes) => {
    const deltas: Delta[] = []
    for (const event of readEvents(bytes)) readEvent(event, progress, deltas)
    return deltas
  }
}

/** Upstream → us; new for each answer. It may be shown all events, or only those that matter. */
export const reader = (form: Form): Reader => (form === 'whole' ? readWhole : readStream())

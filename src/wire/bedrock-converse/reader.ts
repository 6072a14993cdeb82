import type { Form } from '../../core/answer.ts'
import type { Reader } from '../../core/chunk.ts'
import type { Delta } from '../../core/delta.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { type AwsEvent, readAwsEvents } from '../aws-events.ts'
import { garbled } from '../garbled.ts'
import { collectExtras, extras, opaqueBlock } from './block-deltas.ts'
import { deltaReaders } from './delta-readers.ts'
import { readException } from './errors.ts'
import { readFinish } from './finish.ts'
import { imageFormats, mediaTypeOf } from './formats.ts'
import { type OpenBlock, Progress } from './open-blocks.ts'
import { readWhole, unnamed } from './read-whole.ts'
import { ServedBlock } from './served-block.ts'
import { readUsage } from './usage.ts'

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

import type { Delta } from '../../core/delta.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { garbled } from '../garbled.ts'
import { blockStarts, opaqueBlock } from './block-starts.ts'
import { errorIn, readErrorEvent } from './errors.ts'
import { collectExtras, extras } from './extras.ts'
import { readFinish } from './finish.ts'
import { readUsage } from './usage.ts'

const parse = (bytes: Uint8Array): JsonValue => {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
  } catch (cause) {
    throw garbled('it is no JSON', cause)
  }
}

/** Where a message begins: its id and the model that answers. */
export const startOf = (message: JsonObject): Delta => {
  if (typeof message.id !== 'string' || typeof message.model !== 'string') throw garbled('it has no id or no model')
  return { kind: 'start', id: message.id, model: message.model }
}

const contentOf = (content: readonly JsonValue[], deltas: Delta[]): void => {
  let next = 0
  for (const block of content) {
    if (!isObject(block)) throw garbled('a block is no object')
    const said = blockStarts.get(block.type)?.(block, next)
    if (!said) deltas.push(opaqueBlock(block))
    else for (const delta of said) deltas.push(withInput(delta))
    if (said && said.length > 0) next++
  }
}

/** A whole message has said everything: a tool call without input has none. */
const withInput = (delta: Delta): Delta =>
  delta.kind === 'tool_call' && delta.arguments === '' ? { ...delta, arguments: '{}' } : delta

/** A whole message. What is no message is no answer, and one without a reason for its end was cut. */
export const readWhole = (bytes: Uint8Array): readonly Delta[] => {
  const body = parse(bytes)
  const error = errorIn(body)
  if (error) return [{ kind: 'failure', error: readErrorEvent(error) }]
  if (!isObject(body) || !Array.isArray(body.content)) throw garbled('it is no message')
  const deltas: Delta[] = [startOf(body)]
  contentOf(body.content, deltas)
  const told = isObject(body.usage) ? body.usage : {}
  const usage = readUsage(told)
  if (usage) deltas.push({ kind: 'usage', usage })
  const decoration = extras(collectExtras(body, {}), told)
  if (decoration) deltas.push(decoration)
  const finish = readFinish(body)
  if (!finish) throw garbled('it has no stop reason')
  deltas.push(finish)
  return deltas
}

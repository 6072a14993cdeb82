import type { Reader } from '../../core/chunk.ts'
import type { Delta } from '../../core/delta.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import { failureOf } from '../openai/failure.ts'
import { garbled } from './garbled.ts'
import { Reading } from './reading.ts'

const parse = (bytes: Uint8Array): JsonObject => {
  let body: unknown
  try {
    body = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
  } catch {
    throw garbled('it is not JSON')
  }
  if (!isObject(body)) throw garbled('it is not an object')
  return body
}

const readBody = (bytes: Uint8Array): Delta[] => {
  const body = parse(bytes)
  const { output, error, status } = body
  if (!Array.isArray(output) && status !== 'failed') {
    if (isObject(error)) return [{ kind: 'failure', error: failureOf(error) }]
    throw garbled('it has no output')
  }
  const deltas: Delta[] = []
  new Reading().finish(body, deltas)
  return deltas
}

/** Reads a whole response. */
export const wholeReader = (): Reader => readBody

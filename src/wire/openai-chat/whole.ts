import type { Reader } from '../../core/chunk.ts'
import type { Delta } from '../../core/delta.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import { malformed } from './blocks.ts'
import { Choices, finish, pushUsage } from './choices.ts'
import { readFailure } from './failure.ts'

const parse = (bytes: Uint8Array): JsonObject => {
  let body: unknown
  try {
    body = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
  } catch {
    throw malformed('it is not JSON')
  }
  if (!isObject(body)) throw malformed('it is not an object')
  return body
}

const readBody = (bytes: Uint8Array): Delta[] => {
  const body = parse(bytes)
  const failure = readFailure(body, false)
  if (failure) return [{ kind: 'failure', error: failure }]
  const { choices } = body
  if (!Array.isArray(choices) || choices.length === 0) throw malformed('it has no choices')
  const deltas: Delta[] = []
  const answer = new Choices()
  answer.start(body, deltas)
  for (const choice of choices) {
    if (!isObject(choice) || !isObject(choice.message)) throw malformed('a choice has no message')
    const blocks = answer.read(choice, choice.message, deltas)
    // A body is whole by itself; a provider that names no reason has only left it out.
    if (typeof choice.finish_reason !== 'string') finish(choice, 'stop', { blocks, deltas })
  }
  pushUsage(body, deltas)
  return deltas
}

/** Reads a `chat.completion`. */
export const wholeReader = (): Reader => readBody

import assert from 'node:assert/strict'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Cell } from './cell.ts'

/** Text content as one string, whether a client sent it so or as an array of one part. */
const shortened = (content: JsonValue | undefined): JsonValue | undefined => {
  if (!Array.isArray(content) || content.length !== 1) return content
  const [only] = content
  return isObject(only) && only.type === 'text' && Object.keys(only).length === 2 ? only.text : content
}

const withShortContent = (message: JsonValue): JsonValue =>
  isObject(message) ? { ...message, content: shortened(message.content) ?? null } : message

/** A body in one spelling where clients differ and mean the same. */
export const plain = (body: JsonObject): JsonObject => ({
  ...body,
  system: shortened(body.system),
  messages: Array.isArray(body.messages) ? body.messages.map(withShortContent) : body.messages,
})

/** What an upstream must have received: in its wire, or as aimock reads either wire. */
export interface Expected {
  readonly openai: JsonObject
  readonly anthropic: JsonObject
  readonly aimock?: JsonObject | undefined
}

/** Asserts that the last body holds at least what is expected. */
export const assertReceived = (cell: Cell, expected: Expected): void => {
  const bodies = cell.received()
  const last = bodies.at(-1)
  assert.ok(last, 'nothing was received')
  const wanted = cell.maker === 'fake' ? expected[cell.wire] : expected.aimock
  if (wanted) assert.partialDeepStrictEqual(JSON.parse(JSON.stringify(plain(last))), wanted)
  const real = cell.wire === 'openai' ? 'gpt-5-mini' : 'claude-haiku-4-5'
  assert.equal(last.model, real)
}

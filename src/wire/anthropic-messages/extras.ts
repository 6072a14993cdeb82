import type { Delta } from '../../core/delta.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { wireName } from './name.ts'

const messageFields: ReadonlySet<string> = new Set([
  'id',
  'type',
  'role',
  'model',
  'content',
  'stop_reason',
  'stop_sequence',
  'usage',
])

const usageFields: ReadonlySet<string> = new Set([
  'input_tokens',
  'output_tokens',
  'output_tokens_details',
  'iterations',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'cache_creation',
  'service_tier',
])

type Fields = Record<string, JsonValue | undefined>

const collect = (object: JsonObject, known: ReadonlySet<string>, into: Fields): Fields => {
  for (const key in object) {
    const value = object[key]
    if (value !== undefined && value !== null && !known.has(key)) into[key] = value
  }
  return into
}

/** Adds to `into` what a message, or its last delta, tells beside the fields every answer has. */
export const collectExtras = (message: JsonObject, into: Fields): Fields => collect(message, messageFields, into)

/**
 * What an answer tells beside its content: the container that was used, the policy behind a refusal, searches that were
 * made. It decorates the answer, and only this language has words for it.
 */
export const extras = (message: Fields, usage: JsonObject): Delta | undefined => {
  const ofUsage = collect(usage, usageFields, {})
  if (Object.keys(message).length === 0 && Object.keys(ofUsage).length === 0) return undefined
  const value = { type: 'message_delta', delta: message, usage: ofUsage }
  return { kind: 'opaque', wire: wireName, value, semantic: false }
}

import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'

const strangers: readonly JsonValue[] = [null, true, -1, 0.5, 2 ** 53, '', 'x', [], {}, [null], { type: 'x' }]

const withKey = (value: JsonObject | readonly JsonValue[], key: string, inner: JsonValue): JsonValue => {
  if (!Array.isArray(value)) return { ...(value as JsonObject), [key]: inner }
  const copy = [...value]
  copy[Number(key)] = inner
  return copy
}

const without = (value: JsonObject, key: string): JsonObject => {
  const { [key]: _gone, ...rest } = value
  return rest
}

/** Every copy of a value in which one place, at any depth, holds something of another type or is missing. */
export function* mutantsOf(value: JsonValue): Generator<JsonValue> {
  if (typeof value !== 'object' || value === null) return
  const object = value as JsonObject | readonly JsonValue[]
  for (const key of Object.keys(object)) {
    const inner = (object as JsonObject)[key] as JsonValue
    for (const stranger of strangers) yield withKey(object, key, stranger)
    for (const mutant of mutantsOf(inner)) yield withKey(object, key, mutant)
    if (isObject(object)) yield without(object, key)
  }
}

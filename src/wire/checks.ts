import { invalid } from '../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'

/** A path in the caller's body, as Anthropic and Amazon write it: `messages.1.content.0.source.url`. */
export const join = (path: string, key: string | number): string => (path === '' ? String(key) : `${path}.${key}`)

const required = (object: JsonObject, key: string, path: string): JsonValue => {
  const value = object[key]
  if (value === undefined || value === null) throw invalid(join(path, key), 'is required')
  return value
}

/** A required text; the empty one is a text too. */
export const textAt = (object: JsonObject, key: string, path: string): string => {
  const value = object[key]
  if (typeof value === 'string') return value
  required(object, key, path)
  throw invalid(join(path, key), 'must be a string')
}

/** A required text of at least one character. */
export const nameAt = (object: JsonObject, key: string, path: string): string => {
  const value = textAt(object, key, path)
  if (value === '') throw invalid(join(path, key), 'must not be empty')
  return value
}

export const objectAt = (object: JsonObject, key: string, path: string): JsonObject => {
  const value = required(object, key, path)
  if (!isObject(value)) throw invalid(join(path, key), 'must be an object')
  return value
}

export const listAt = (object: JsonObject, key: string, path: string): readonly JsonValue[] => {
  const value = required(object, key, path)
  if (!Array.isArray(value)) throw invalid(join(path, key), 'must be an array')
  return value
}

const absent = (value: JsonValue | undefined): value is null | undefined => value === undefined || value === null

/** A text that may be left out. */
export const optionalText = (object: JsonObject, key: string, path: string): string | undefined =>
  absent(object[key]) ? undefined : textAt(object, key, path)

/** A boolean that may be left out. */
export const optionalFlag = (object: JsonObject, key: string, path: string): boolean | undefined => {
  const value = object[key]
  if (absent(value)) return undefined
  if (typeof value !== 'boolean') throw invalid(join(path, key), 'must be true or false')
  return value
}

/** An object that may be left out. */
export const optionalObject = (object: JsonObject, key: string, path: string): JsonObject | undefined =>
  absent(object[key]) ? undefined : objectAt(object, key, path)

const mostTokens = 2 ** 31 - 1

/** A whole number from `least` up to what any model could mean. */
export const wholeNumber = (value: JsonValue, path: string, least: number): number => {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw invalid(path, 'must be a whole number')
  if (value < least) throw invalid(path, `must be at least ${least}`)
  if (value > mostTokens) throw invalid(path, `must be at most ${mostTokens}`)
  return value
}

/** A number from 0 to 1, as Anthropic and Amazon have for temperature and top-p. */
export const fraction = (value: JsonValue, path: string): number => {
  if (typeof value !== 'number') throw invalid(path, 'must be a number')
  if (value < 0 || value > 1) throw invalid(path, 'must be from 0 to 1')
  return value
}

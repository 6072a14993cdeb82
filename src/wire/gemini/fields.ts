import { invalid } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { join } from '../checks.ts'

const inner = /([a-z0-9])_([a-z])/g

/** `system_instruction` to `systemInstruction`; other names stay as they are. */
const camelName = (name: string): string =>
  name.includes('_') ? name.replace(inner, (_, before: string, after: string) => before + after.toUpperCase()) : name

/**
 * An object with its own names in lowerCamelCase: Google takes `system_instruction` as well as `systemInstruction`.
 * Throws `invalid_request` where both are there. Names inside stay as they are: not all of them are fields.
 */
export const camelFields = (object: JsonObject, path: string): JsonObject => {
  let renamed: Record<string, JsonValue | undefined> | undefined
  for (const key in object) {
    const name = camelName(key)
    if (name === key) continue
    if (object[name] !== undefined) throw invalid(join(path, key), `is the same field as ${name}`)
    renamed ??= { ...object }
    delete renamed[key]
    renamed[name] = object[key]
  }
  return renamed ?? object
}

/** A value that must be an object whose names are the caller's own. */
export const objectOf = (value: JsonValue, path: string): JsonObject => {
  if (!isObject(value)) throw invalid(path, 'must be an object')
  return value
}

/** A value that must be an object, its fields in one spelling. */
export const fieldsOf = (value: JsonValue, path: string): JsonObject => camelFields(objectOf(value, path), path)

/** A value that must be a list. */
export const listOf = (value: JsonValue, path: string): readonly JsonValue[] => {
  if (!Array.isArray(value)) throw invalid(path, 'must be an array')
  return value
}

/** A value that must be a finite number. */
export const numberOf = (value: JsonValue, path: string): number => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw invalid(path, 'must be a number')
  return value
}

/** A value that must be a text. */
export const textOf = (value: JsonValue, path: string): string => {
  if (typeof value !== 'string') throw invalid(path, 'must be a string')
  return value
}

/** A value that must be true or false. */
export const flagOf = (value: JsonValue, path: string): boolean => {
  if (typeof value !== 'boolean') throw invalid(path, 'must be true or false')
  return value
}

/** What is found out on the way through a caller's body. */
export interface Reading {
  /** Paths that only this wire can carry. */
  readonly untranslatable: string[]
  /** Is there thinking that another provider's model said? */
  foreignReasoning: boolean
}

/** True for a field that is not there or says nothing. */
export const isUnsaid = (value: JsonValue | undefined): value is undefined | null | [] =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0)

/** Notes what an object holds beside the fields that have a neutral word. */
export const noteOthers = (object: JsonObject, known: ReadonlySet<string>, path: string, reading: Reading): void => {
  for (const key in object) if (!known.has(key) && !isUnsaid(object[key])) reading.untranslatable.push(join(path, key))
}

import { invalid } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'

type Value = JsonValue | undefined

/** A string, or the refusal of the place where it should be. */
export const stringAt = (value: Value, path: string): string => {
  if (typeof value !== 'string') throw invalid(path, 'must be a string.')
  return value
}

/** A string that says something. */
export const filledAt = (value: Value, path: string): string => {
  if (typeof value !== 'string' || value === '') throw invalid(path, 'must be a string that is not empty.')
  return value
}

export const booleanAt = (value: Value, path: string): boolean => {
  if (typeof value !== 'boolean') throw invalid(path, 'must be true or false.')
  return value
}

export interface Range {
  readonly least: number
  readonly most: number
}

/** A finite number within a range. */
export const numberAt = (value: Value, path: string, { least, most }: Range): number => {
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    throw invalid(path, `must be a number from ${least} to ${most}.`)
  }
  return value
}

/** A whole number within a range. */
export const integerAt = (value: Value, path: string, { least, most }: Range): number => {
  if (!Number.isSafeInteger(value) || !((value as number) >= least && (value as number) <= most)) {
    throw invalid(path, `must be a whole number from ${least} to ${most}.`)
  }
  return value as number
}

export const objectAt = (value: Value, path: string): JsonObject => {
  if (!isObject(value)) throw invalid(path, 'must be an object.')
  return value
}

export const arrayAt = (value: Value, path: string): readonly JsonValue[] => {
  if (!Array.isArray(value)) throw invalid(path, 'must be an array.')
  return value
}

/** One of a fixed list of words. */
export const wordAt = <Word extends string>(value: Value, path: string, words: readonly Word[]): Word => {
  if (!words.includes(value as Word)) throw invalid(path, `must be one of ${words.join(', ')}.`)
  return value as Word
}

/** A name as the API allows it for tools and schemas: letters, digits, `_` and `-`. */
export const nameAt = (value: Value, path: string, most: number): string => {
  if (typeof value !== 'string' || value.length > most || !/^[a-zA-Z0-9_-]+$/.test(value)) {
    throw invalid(path, `must be 1 to ${most} letters, digits, underscores or hyphens.`)
  }
  return value
}

/** An optional field: null is as good as absent. */
export const maybe = <Result>(
  value: Value,
  path: string,
  read: (value: Value, path: string) => Result,
): Result | undefined => (value === undefined || value === null ? undefined : read(value, path))

/** A name that a caller made up, short enough for a message. */
export const shortened = (name: string): string => (name.length > 64 ? `${name.slice(0, 64)}…` : name)

/**
 * Notes the fields of an object that are not known, so that a target of another language is not sent half a question.
 */
export const noteUnknown = (object: JsonObject, known: ReadonlySet<string>, note: (field: string) => void): void => {
  for (const field in object) if (!known.has(field) && object[field] !== null) note(shortened(field))
}

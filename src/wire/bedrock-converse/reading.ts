import { invalid } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { CacheMark, Part } from '../../core/request.ts'
import { join, objectAt } from '../checks.ts'

/** What is found out on the way through a caller's body. */
export interface Reading {
  /** Paths that only this wire can carry. */
  readonly untranslatable: string[]
  /** Is there thinking that another provider's model said? */
  foreignReasoning: boolean
}

export const isGiven = (value: JsonValue | undefined): value is Exclude<JsonValue, null> =>
  value !== undefined && value !== null

/** Notes what an object holds beside the fields that have a neutral word. Null says the same as nothing. */
export const noteOthers = (object: JsonObject, known: ReadonlySet<string>, path: string, reading: Reading): void => {
  for (const key in object) if (!known.has(key) && isGiven(object[key])) reading.untranslatable.push(join(path, key))
}

/** The one member of a union that is given. */
export const memberOf = (union: JsonObject, path: string): string => {
  const given = Object.keys(union).filter((key) => isGiven(union[key]))
  const [only] = given
  if (only === undefined || given.length > 1) throw invalid(path, 'must have exactly one member')
  return only
}

const pointFields: ReadonlySet<string> = new Set(['type', 'ttl'])
const lives: ReadonlyMap<unknown, CacheMark> = new Map([
  [undefined, 'short'],
  [null, 'short'],
  ['5m', 'short'],
  ['1h', 'long'],
])

/** How long everything before a `cachePoint` is to be kept. */
export const cacheMarkOf = (holder: JsonObject, path: string, reading: Reading): CacheMark => {
  const point = objectAt(holder, 'cachePoint', path)
  const where = join(path, 'cachePoint')
  if (point.type !== 'default') throw invalid(`${where}.type`, "must be 'default'")
  const mark = lives.get(point.ttl)
  if (mark === undefined) throw invalid(`${where}.ttl`, "must be '5m' or '1h'")
  noteOthers(point, pointFields, where, reading)
  return mark
}

const markable: ReadonlySet<Part['kind']> = new Set(['text', 'image', 'file', 'audio', 'tool_call', 'tool_result'])

/** True for a part that can carry a mark and has none yet. */
export const canBeMarked = (part: Part | undefined): part is Part & { cache?: CacheMark | undefined } =>
  part !== undefined && markable.has(part.kind) && !('cache' in part && part.cache)

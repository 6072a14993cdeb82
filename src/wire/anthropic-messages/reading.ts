import { invalid } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { CacheMark } from '../../core/request.ts'
import { join, optionalObject } from '../checks.ts'

/** What is found out on the way through a caller's body. */
export interface Reading {
  /** Paths that only this wire can carry. */
  readonly untranslatable: string[]
  /** Is there thinking that another provider's model said? */
  foreignReasoning: boolean
}

/** Notes what an object holds beside the fields that have a neutral word. Null says the same as nothing. */
export const noteOthers = (object: JsonObject, known: ReadonlySet<string>, path: string, reading: Reading): void => {
  for (const key in object) {
    if (known.has(key)) continue
    const value = object[key]
    if (value !== undefined && value !== null) reading.untranslatable.push(join(path, key))
  }
}

const cacheFields: ReadonlySet<string> = new Set(['type', 'ttl'])
const lives: ReadonlyMap<unknown, CacheMark> = new Map([
  [undefined, 'short'],
  [null, 'short'],
  ['5m', 'short'],
  ['1h', 'long'],
])

/** The mark of a provider's prompt cache on a block, a tool or the request. */
export const cacheMarkOf = (object: JsonObject, path: string, reading: Reading): CacheMark | undefined => {
  if (object.cache_control === undefined || object.cache_control === null) return undefined
  const where = join(path, 'cache_control')
  const control = optionalObject(object, 'cache_control', path) as JsonObject
  if (control.type !== 'ephemeral') throw invalid(`${where}.type`, "must be 'ephemeral'")
  const mark = lives.get(control.ttl)
  if (mark === undefined) throw invalid(`${where}.ttl`, "must be '5m' or '1h'")
  noteOthers(control, cacheFields, where, reading)
  return mark
}

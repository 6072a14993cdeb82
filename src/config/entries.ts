import type * as z from 'zod'
import { isObject, type JsonObject } from '../core/json.ts'
import type { Path } from './complaints.ts'
import { wrongPaths } from './issues.ts'

/** One named part of a configuration that its schema accepts. */
export interface Entry<Value> {
  /** Its key in a map; in a list its number. */
  readonly name: string
  readonly path: Path
  readonly value: Value
}

/** What is checked once is checked before code for it would be compiled. */
export const checkedOnce = { jitless: true } as const

type Steps = Iterable<readonly [step: string | number, raw: unknown]>

const good = <Schema extends z.ZodType>(steps: Steps, section: string, schema: Schema): Entry<z.output<Schema>>[] =>
  [...steps].flatMap(([step, raw]) => {
    const value = leniently(raw, schema)
    return value === undefined ? [] : [{ name: String(step), path: [section, step], value }]
  })

/** The good entries of a section that is a map: one bad entry must not hide what is wrong between the others. */
export const entriesOf = <Schema extends z.ZodType>(raw: JsonObject, section: string, schema: Schema) => {
  const entries = raw[section]
  return good(isObject(entries) ? Object.entries(entries) : [], section, schema)
}

/** The good items of a section that is a list. */
export const itemsOf = <Schema extends z.ZodType>(raw: JsonObject, section: string, schema: Schema) => {
  const items = raw[section]
  return good(Array.isArray(items) ? items.entries() : [], section, schema)
}

/** What a schema reads when everything wrong that it can do without is left away; undefined when that is not enough. */
export const leniently = <Schema extends z.ZodType>(raw: unknown, schema: Schema): z.output<Schema> | undefined => {
  const first = schema.safeParse(raw, checkedOnce)
  if (first.success) return first.data
  const copy: unknown = structuredClone(raw)
  for (const path of wrongPaths(first.error.issues)) remove(copy, path)
  return schema.safeParse(copy, checkedOnce).data
}

const remove = (value: unknown, path: Path): void => {
  // Taking an item out of a list would move the others: the whole list goes.
  const end = path.findIndex((step) => typeof step === 'number')
  const steps = end < 0 ? path : path.slice(0, end)
  let parent = value
  for (const step of steps.slice(0, -1)) parent = isObject(parent) ? parent[step] : undefined
  if (isObject(parent)) Reflect.deleteProperty(parent, steps.at(-1) ?? '')
}

import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { pointed } from './schema-limits.ts'

/** A value as its schema wants it, and how many places were changed for that. */
export interface Coerced {
  readonly value: JsonValue
  readonly changes: number
}

/** What is known while a value is walked through. */
interface Walk {
  readonly root: JsonObject
  changes: number
  /** References that were followed on the way to here. */
  depth: number
}

const deepest = 64

/**
 * Makes a value what its schema wants, where there is no doubt what was meant: numbers and truth values that were put
 * into quotes, the case of an enumerated word, a single value in place of a list, `null` where nothing may stand, names
 * in another case. Anything else stays as it is, for the validator to tell of.
 */
export const coerce = (value: JsonValue, schema: JsonValue): Coerced => {
  if (!isObject(schema)) return { value, changes: 0 }
  const walk: Walk = { root: schema, changes: 0, depth: 0 }
  const result = fit(value, schema, walk)
  return walk.changes === 0 ? { value, changes: 0 } : { value: result, changes: walk.changes }
}

const fit = (value: JsonValue, written: JsonValue | undefined, walk: Walk): JsonValue => {
  const schema = resolved(written, walk)
  if (!schema || walk.depth > deepest) return value
  walk.depth++
  try {
    const types = typesOf(schema)
    const fitted =
      types.length > 0 && !types.some((type) => isOfType(value, type)) ? convert(value, types, schema, walk) : value
    return inside(enumerated(fitted, schema, walk), schema, walk)
  } finally {
    walk.depth--
  }
}

/** The schema that a local reference names; a schema of one branch, or of one branch and nothing, is that branch. */
const resolved = (written: JsonValue | undefined, { root }: Walk): JsonObject | undefined => {
  let schema = written
  for (let hops = 0; hops < 16 && isObject(schema); hops++) {
    if (typeof schema.$ref === 'string') schema = pointed(root, schema.$ref)
    else {
      const only = onlyBranch(schema)
      if (only === undefined) return schema
      schema = only
    }
  }
  return isObject(schema) ? schema : undefined
}

const onlyBranch = (schema: JsonObject): JsonValue | undefined => {
  const branches = [schema.anyOf, schema.oneOf, schema.allOf].filter((each) => Array.isArray(each))
  const [all] = branches
  if (branches.length !== 1 || !all || schema.properties !== undefined || schema.type !== undefined) return undefined
  const real = all.filter((branch) => !(isObject(branch) && branch.type === 'null'))
  // A value that is nothing already fits the branch that is left out here.
  return real.length === 1 && (all.length === 1 || schema.allOf === undefined) ? real[0] : undefined
}

const typesOf = ({ type, properties, items }: JsonObject): readonly string[] => {
  if (typeof type === 'string') return [type]
  if (Array.isArray(type)) return type.filter((each) => typeof each === 'string')
  if (isObject(properties)) return ['object']
  return items === undefined ? [] : ['array']
}

const isOfType = (value: JsonValue, type: string): boolean => {
  switch (type) {
    case 'null':
      return value === null
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isObject(value)
    case 'integer':
      return Number.isInteger(value)
    default:
      return typeof value === type
  }
}

const numeral = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const grouped = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/

const numberFrom = (text: string): number | undefined => {
  const trimmed = text.trim()
  if (numeral.test(trimmed)) return Number(trimmed)
  return grouped.test(trimmed) ? Number(trimmed.replaceAll(',', '')) : undefined
}

const truths: Readonly<Record<string, boolean>> = { true: true, false: false, yes: true, no: false }

/** A value of another type as one of these; the value itself where none is meant for certain. */
const convert = (value: JsonValue, types: readonly string[], schema: JsonObject, walk: Walk): JsonValue => {
  const changed = converted(value, types, schema)
  if (changed === undefined) return value
  walk.changes++
  return changed
}

const converted = (value: JsonValue, types: readonly string[], schema: JsonObject): JsonValue | undefined => {
  const wants = (type: string): boolean => types.includes(type)
  if (typeof value === 'string') {
    const number = wants('number') || wants('integer') ? numberFrom(value) : undefined
    if (number !== undefined && Number.isFinite(number) && (wants('number') || Number.isInteger(number))) return number
    const truth = wants('boolean') ? truths[value.trim().toLowerCase()] : undefined
    if (truth !== undefined) return truth
    if (wants('null') && /^(?:null|none|)$/i.test(value.trim())) return null
    if (wants('object') || wants('array')) {
      const inner = structureIn(value, wants)
      if (inner !== undefined) return inner
    }
  }
  if (wants('string') && (typeof value === 'number' || typeof value === 'boolean')) return String(value)
  if (wants('array') && value !== null) return isWholeList(schema) ? undefined : [value]
  // A list of one in place of the one.
  if (Array.isArray(value) && value.length === 1 && types.some((type) => isOfType(value[0] as JsonValue, type)))
    return value[0]
  return undefined
}

/** A tuple has its places; one value is none of it. */
const isWholeList = ({ prefixItems, minItems }: JsonObject): boolean =>
  prefixItems !== undefined || (typeof minItems === 'number' && minItems > 1)

/** An object or list that was written into a string. */
const structureIn = (text: string, wants: (type: string) => boolean): JsonValue | undefined => {
  if (!/^\s*[{[]/.test(text)) return undefined
  try {
    const inner = JSON.parse(text)
    return (Array.isArray(inner) ? wants('array') : isObject(inner) && wants('object')) ? inner : undefined
  } catch {
    return undefined
  }
}

const plain = (text: string): string => text.toLowerCase().replace(/[\s_-]+/g, '')

/** An enumerated word in another case or with other blanks, where only one can be meant. */
const enumerated = (value: JsonValue, schema: JsonObject, walk: Walk): JsonValue => {
  const allowed = Array.isArray(schema.enum) ? schema.enum : schema.const === undefined ? [] : [schema.const]
  if (typeof value !== 'string' || allowed.length === 0 || allowed.includes(value)) return value
  const meant = allowed.filter((each) => typeof each === 'string' && plain(each) === plain(value))
  if (meant.length !== 1) return value
  walk.changes++
  return meant[0] as JsonValue
}

const inside = (value: JsonValue, schema: JsonObject, walk: Walk): JsonValue => {
  if (Array.isArray(value)) return fitItems(value, schema, walk)
  return isObject(value) ? fitMembers(value, schema, walk) : value
}

const fitItems = (list: readonly JsonValue[], { items, prefixItems }: JsonObject, walk: Walk): JsonValue => {
  const first = Array.isArray(prefixItems) ? prefixItems : Array.isArray(items) ? items : []
  const rest = Array.isArray(items) ? undefined : items
  return list.map((item, index) => fit(item, first[index] ?? rest, walk))
}

const fitMembers = (object: JsonObject, schema: JsonObject, walk: Walk): JsonValue => {
  const properties = isObject(schema.properties) ? schema.properties : {}
  const required = Array.isArray(schema.required) ? schema.required : []
  const renamed = namesIn(object, properties)
  const fitted: Record<string, JsonValue> = {}
  for (const [name, member] of Object.entries(object)) {
    const known = renamed.get(name) ?? name
    if (known !== name) walk.changes++
    const own = Object.hasOwn(properties, known) ? properties[known] : schema.additionalProperties
    if (member === null && !required.includes(known) && own !== undefined && !takesNull(own, walk)) {
      walk.changes++
      continue
    }
    fitted[known] = fit(member as JsonValue, own, walk)
  }
  return fitted
}

const takesNull = (written: JsonValue | undefined, walk: Walk): boolean => {
  if (written === true) return true
  if (!isObject(written)) return false
  if (
    [written.anyOf, written.oneOf].some((each) => Array.isArray(each) && each.some((branch) => takesNull(branch, walk)))
  )
    return true
  const schema = resolved(written, walk)
  if (!schema) return true
  const types = typesOf(schema)
  const allowed = Array.isArray(schema.enum) ? schema.enum : undefined
  return allowed ? allowed.includes(null) : types.length === 0 || types.includes('null')
}

/** Names that nobody knows, and the only known and missing name that is spelt like them but for case and blanks. */
const namesIn = (object: JsonObject, properties: JsonObject): ReadonlyMap<string, string> => {
  const missing = Object.keys(properties).filter((name) => !Object.hasOwn(object, name))
  const renamed = new Map<string, string>()
  if (missing.length === 0) return renamed
  for (const name of Object.keys(object)) {
    if (Object.hasOwn(properties, name)) continue
    const meant = missing.filter((each) => plain(each) === plain(name))
    if (meant.length === 1 && ![...renamed.values()].includes(meant[0] as string)) renamed.set(name, meant[0] as string)
  }
  return renamed
}

import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'
import type { Random } from './simulated-random.ts'

/** References in a row that are followed; a schema that refers to itself alone says nothing. */
const mostReferences = 32

const decoded = (step: string): string => {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}

/** What a local reference such as `#/$defs/item` points to; an empty schema where there is nothing. */
const lookUp = (reference: string, root: JsonObject): JsonObject => {
  let found: JsonValue | undefined = root
  if (!reference.startsWith('#')) return {}
  for (const step of reference.slice(1).split('/').filter(Boolean)) {
    const name = decoded(step).replaceAll('~1', '/').replaceAll('~0', '~')
    if (Array.isArray(found)) found = found[Number(name)] as JsonValue | undefined
    else found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined
  }
  return isObject(found) ? found : {}
}

/** The schema behind references, with what stands beside them. */
export const resolved = (schema: JsonObject, root: JsonObject): JsonObject => {
  let found = schema
  for (let count = 0; typeof found.$ref === 'string' && count < mostReferences; count++) {
    const { $ref, ...beside } = found
    found = { ...lookUp($ref as string, root), ...beside }
  }
  return found
}

type Join = (one: JsonValue, other: JsonValue) => JsonValue

const most: Join = (one, other) => Math.max(Number(one), Number(other))
const least: Join = (one, other) => Math.min(Number(one), Number(other))
const listOf = (value: JsonValue): readonly JsonValue[] => (Array.isArray(value) ? value : [value])
const both: Join = (one, other) => [...new Set([...listOf(one), ...listOf(other)])]
const common: Join = (one, other) => {
  const kept = listOf(one).filter((value) => listOf(other).includes(value))
  return kept.length === 1 && kept[0] !== undefined ? kept[0] : kept
}

/** How two schemas that both must hold say the same keyword; for the rest the later wins. */
const joins: Readonly<Record<string, Join>> = {
  required: both,
  minimum: most,
  exclusiveMinimum: most,
  maximum: least,
  exclusiveMaximum: least,
  minLength: most,
  maxLength: least,
  minItems: most,
  maxItems: least,
  minProperties: most,
  type: common,
  enum: common,
  properties: (one, other) => (isObject(one) && isObject(other) ? { ...one, ...other } : other),
}

/** One schema that says what a schema and all members of its `allOf` say. */
export const merged = (schema: JsonObject, root: JsonObject, depth = 0): JsonObject => {
  if (!Array.isArray(schema.allOf) || depth > mostReferences) return schema
  const { allOf, ...beside } = schema
  let joined: JsonObject = beside
  for (const member of allOf as readonly JsonValue[]) {
    if (isObject(member)) joined = join(joined, merged(resolved(member, root), root, depth + 1))
  }
  return joined
}

const join = (one: JsonObject, other: JsonObject): JsonObject => {
  const joined: Record<string, JsonValue | undefined> = { ...one }
  for (const [keyword, value] of Object.entries(other)) {
    const known = joined[keyword]
    const how = joins[keyword]
    joined[keyword] =
      known === undefined || value === undefined || !how
        ? value
        : keyword === 'enum'
          ? listOf(how(known, value))
          : how(known, value)
  }
  return joined
}

/** Keywords that tell a type where none is named. */
const hints: readonly (readonly [string, string])[] = [
  ['properties', 'object'],
  ['required', 'object'],
  ['additionalProperties', 'object'],
  ['minProperties', 'object'],
  ['items', 'array'],
  ['prefixItems', 'array'],
  ['minItems', 'array'],
  ['minimum', 'number'],
  ['maximum', 'number'],
  ['exclusiveMinimum', 'number'],
  ['exclusiveMaximum', 'number'],
  ['multipleOf', 'number'],
]

/** The type of a value to make. Where several are allowed it is the first, or null now and then. */
export const typeOf = (schema: JsonObject, random: Random): string => {
  const types = listOf(schema.type ?? []).filter((type): type is string => typeof type === 'string')
  const real = types.find((type) => type !== 'null')
  const nullable = types.includes('null') || schema.nullable === true
  if (nullable && (real === undefined || random() < 0.2)) return 'null'
  return real ?? hints.find(([keyword]) => schema[keyword] !== undefined)?.[1] ?? 'string'
}

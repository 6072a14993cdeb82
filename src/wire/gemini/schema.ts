import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'

type Words = Record<string, JsonValue | undefined>

/** Keywords whose values are schemas by name, a list of schemas, or one schema. */
const named: ReadonlySet<string> = new Set(['properties', '$defs', 'defs'])
const listed: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems'])
const single: ReadonlySet<string> = new Set(['items', 'additionalProperties'])
/** Numbers that are written as texts, since they have 64 bits. */
const counts: ReadonlySet<string> = new Set([
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'minProperties',
  'maxProperties',
])
const renamed: ReadonlyMap<string, string> = new Map([
  ['any_of', 'anyOf'],
  ['min_items', 'minItems'],
  ['max_items', 'maxItems'],
  ['min_length', 'minLength'],
  ['max_length', 'maxLength'],
  ['min_properties', 'minProperties'],
  ['max_properties', 'maxProperties'],
  ['property_ordering', 'propertyOrdering'],
  ['defs', '$defs'],
  ['ref', '$ref'],
])

const word = (key: string, value: JsonValue): JsonValue => {
  if (named.has(key) && isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, inner && toJsonSchema(inner)]))
  if (listed.has(key) && Array.isArray(value)) return value.map(toJsonSchema)
  if (single.has(key)) return toJsonSchema(value)
  if (counts.has(key) && typeof value === 'string' && /^\d{1,15}$/.test(value)) return Number(value)
  return value
}

/** `STRING` and, where null is allowed too, `["string", "null"]`. */
const typeWord = (type: JsonValue | undefined, nullable: JsonValue | undefined): JsonValue | undefined => {
  const lower = typeof type === 'string' ? type.toLowerCase() : type
  return nullable === true && typeof lower === 'string' && lower !== 'null' ? [lower, 'null'] : lower
}

/** A schema of Google's own kind, OpenAPI's subset with types in capitals, as the JSON Schema that all others read. */
export const toJsonSchema = (schema: JsonValue): JsonValue => {
  if (!isObject(schema)) return schema
  const words: Words = {}
  for (const key in schema) {
    const value = schema[key]
    if (value === undefined || value === null || key === 'nullable') continue
    const name = renamed.get(key) ?? key
    words[name] = name === 'type' ? typeWord(value, schema.nullable) : word(name, value)
  }
  if (schema.nullable === true && words.type === undefined && Array.isArray(words.anyOf))
    words.anyOf = [...words.anyOf, { type: 'null' }]
  return words
}

/** The same for a schema that must be an object. */
export const objectSchema = (schema: JsonObject): JsonObject => toJsonSchema(schema) as JsonObject

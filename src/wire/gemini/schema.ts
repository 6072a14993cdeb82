import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'

type Words = Record<string, JsonValue | undefined>

/** Keywords whose values are schemas by name, a list of schemas, or one schema. */
const named: ReadonlySet<string> = new Set(['properties', '$defs'])
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
/** Said in another way by the rest. */
const dropped: ReadonlySet<string> = new Set(['nullable', 'propertyOrdering'])

const word = (key: string, value: JsonValue, closes: boolean): JsonValue => {
  const inner = (schema: JsonValue): JsonValue => toJsonSchema(schema, closes)
  if (named.has(key) && isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, schema && inner(schema)]))
  if (listed.has(key) && Array.isArray(value)) return value.map(inner)
  if (single.has(key)) return inner(value)
  if (counts.has(key) && typeof value === 'string' && /^\d{1,15}$/.test(value)) return Number(value)
  return value
}

/** `STRING` and, where null is allowed too, `["string", "null"]`. */
const typeWord = (type: JsonValue, nullable: JsonValue | undefined): JsonValue => {
  const lower = typeof type === 'string' ? type.toLowerCase() : type
  return nullable === true && typeof lower === 'string' && lower !== 'null' ? [lower, 'null'] : lower
}

/** Properties in the order in which the model is to write them. */
const ordered = (properties: JsonObject, order: JsonValue | undefined): JsonObject => {
  if (!Array.isArray(order)) return properties
  const sorted: Words = {}
  for (const name of order as readonly JsonValue[])
    if (typeof name === 'string' && Object.hasOwn(properties, name)) sorted[name] = properties[name]
  return { ...sorted, ...properties }
}

/**
 * A schema of Google's own kind, OpenAPI's subset with types in capitals, as the JSON Schema that all others read.
 * `closes`: it is that of an answer, in which Google's models write no properties that are not named.
 */
const toJsonSchema = (schema: JsonValue, closes: boolean): JsonValue => {
  if (!isObject(schema)) return schema
  const words: Words = {}
  for (const key in schema) {
    const value = schema[key]
    const name = renamed.get(key) ?? key
    if (value === undefined || value === null || dropped.has(name) || (name === 'format' && value === 'enum')) continue
    words[name] = name === 'type' ? typeWord(value, schema.nullable) : word(name, value, closes)
  }
  if (schema.nullable === true && words.type === undefined && Array.isArray(words.anyOf))
    words.anyOf = [...words.anyOf, { type: 'null' }]
  if (isObject(words.properties)) {
    words.properties = ordered(words.properties, schema.propertyOrdering ?? schema.property_ordering)
    if (closes) words.additionalProperties ??= false
  }
  return words
}

/** The schema of a function's arguments. */
export const argumentsSchema = (schema: JsonObject): JsonObject => toJsonSchema(schema, false) as JsonObject

/** The schema of an answer. */
export const answerSchema = (schema: JsonObject): JsonObject => toJsonSchema(schema, true) as JsonObject

const namesAll = ({ properties, required }: JsonObject): boolean =>
  !isObject(properties) || Object.keys(properties).every((name) => Array.isArray(required) && required.includes(name))

const isOfObjects = ({ type, properties }: JsonObject): boolean =>
  properties !== undefined || type === 'object' || (Array.isArray(type) && type.includes('object'))

const innerSchemas = (schema: JsonObject): JsonValue[] => {
  const inner: JsonValue[] = []
  for (const key in schema) {
    const value = schema[key]
    if (named.has(key) && isObject(value)) for (const name in value) inner.push(value[name] ?? null)
    else if (listed.has(key) && Array.isArray(value)) inner.push(...(value as readonly JsonValue[]))
    else if (key === 'items' && value !== undefined) inner.push(value)
  }
  return inner
}

/**
 * Can a schema be kept to in the letter everywhere? Others enforce only those whose objects have all their properties,
 * and no further ones; where that is not so, they take the schema as a guide.
 */
export const isStrict = (schema: JsonValue): boolean =>
  !isObject(schema) ||
  ((!isOfObjects(schema) || (schema.additionalProperties === false && namesAll(schema))) &&
    innerSchemas(schema).every(isStrict))

import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'

/** The words of older drafts, in those of 2020-12. References are not changed: `definitions` stays where it is. */
export const modernise = (schema: JsonObject): JsonObject => {
  const declared = typeof schema.$schema === 'string' ? schema.$schema : ''
  const older = /draft-0?[3-7]/.test(declared)
  const { $schema: _, ...rest } = walk(schema, older) as JsonObject
  return rest
}

/** Fields whose value is data, whatever it looks like. */
const data: ReadonlySet<string> = new Set([
  'const',
  'enum',
  'default',
  'example',
  'examples',
  'required',
  'description',
  'title',
])
/** Fields whose members are schemas by name, so that their names are no words of schemas. */
const named: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
  'dependencies',
])

const walk = (value: JsonValue, older: boolean): JsonValue => {
  if (Array.isArray(value)) return value.map((each) => walk(each, older))
  if (!isObject(value)) return value
  // Beside a reference older drafts ignore everything else.
  if (older && typeof value.$ref === 'string')
    return { $ref: value.$ref, ...kept(value, older, ['definitions', '$defs']) }
  const result: Record<string, JsonValue> = {}
  for (const [name, member] of Object.entries(value)) {
    // The validator would answer with a promise.
    if (member === undefined || name === '$async') continue
    if (data.has(name)) result[name] = member
    else if (named.has(name) && isObject(member)) result[name] = members(member, older)
    else result[name] = walk(member, older)
  }
  bounds(result, 'Minimum', 'minimum')
  bounds(result, 'Maximum', 'maximum')
  tuples(result)
  dependencies(result)
  names(result)
  return result
}

const kept = (value: JsonObject, older: boolean, fields: readonly string[]): Record<string, JsonValue> => {
  const result: Record<string, JsonValue> = {}
  for (const field of fields) {
    const member = value[field]
    if (isObject(member)) result[field] = members(member, older)
  }
  return result
}

const members = (value: JsonObject, older: boolean): JsonValue => {
  const result: Record<string, JsonValue> = {}
  for (const [name, member] of Object.entries(value)) if (member !== undefined) result[name] = walk(member, older)
  return result
}

/** Draft 4 says by `true` that the bound itself is excluded. */
const bounds = (
  schema: Record<string, JsonValue>,
  suffix: 'Minimum' | 'Maximum',
  bound: 'minimum' | 'maximum',
): void => {
  const field = `exclusive${suffix}`
  const exclusive = schema[field]
  if (typeof exclusive !== 'boolean') return
  delete schema[field]
  const limit = schema[bound]
  if (!exclusive || limit === undefined) return
  schema[field] = limit
  delete schema[bound]
}

/** Items by their places had the name of items for all places. */
const tuples = (schema: Record<string, JsonValue>): void => {
  if (Array.isArray(schema.items)) {
    schema.prefixItems = schema.items
    delete schema.items
    if (schema.additionalItems !== undefined) schema.items = schema.additionalItems
  }
  delete schema.additionalItems
}

/** Names that need others, and names that need a schema, were one field. */
const dependencies = (schema: Record<string, JsonValue>): void => {
  const { dependencies: both } = schema
  if (!isObject(both)) return
  delete schema.dependencies
  const required: Record<string, JsonValue> = {}
  const schemas: Record<string, JsonValue> = {}
  for (const [name, needed] of Object.entries(both)) {
    if (needed === undefined) continue
    if (Array.isArray(needed)) required[name] = needed
    else if (typeof needed === 'string') required[name] = [needed]
    else schemas[name] = needed
  }
  if (Object.keys(required).length > 0) schema.dependentRequired = required
  if (Object.keys(schemas).length > 0) schema.dependentSchemas = schemas
}

/** A schema's own name matters only to schemas elsewhere, and there are none. An anchor of draft 4 is one of 2020-12. */
const names = (schema: Record<string, JsonValue>): void => {
  for (const field of ['id', '$id']) {
    const name = schema[field]
    if (typeof name !== 'string') continue
    delete schema[field]
    if (/^#[A-Za-z_][\w.-]*$/.test(name)) schema.$anchor = name.slice(1)
  }
}

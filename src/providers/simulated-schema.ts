import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { merged, resolved, typeOf } from './schema-reading.ts'
import { numberFor } from './simulated-number.ts'
import { between, type Random } from './simulated-random.ts'
import { stringFor } from './simulated-string.ts'

/** Below this depth what is optional is left out, so that schemas that contain themselves come to an end. */
const modestFrom = 5
/** A schema that demands itself has no finite value. */
const deepest = 48
/** Values made for one schema, at most. */
const mostValues = 5_000

/** One value in the making. */
interface Making {
  readonly random: Random
  readonly root: JsonObject
  left: number
}

/**
 * A value that satisfies a JSON Schema: objects, arrays, enums, constants, bounds, formats, `anyOf`, `oneOf`, `allOf`,
 * local `$ref`, nullable types. Not heeded are `pattern`, `not`, `if`, `contains`, `dependent…`, and the rule that no
 * second branch of a `oneOf` may hold too. A schema that wants thousands of values gets fewer.
 */
export const valueFor = (schema: JsonObject, random: Random): JsonValue =>
  make(schema, { random, root: schema, left: mostValues }, 0)

const make = (given: JsonValue | undefined, making: Making, depth: number): JsonValue => {
  making.left--
  if (depth > deepest || making.left < 0 || !isObject(given)) return given === false ? null : 'anything'
  const schema = merged(resolved(given, making.root), making.root)
  if (schema.const !== undefined) return schema.const
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return oneOf(making.random, schema.enum as JsonValue[])
  const branches = branchesOf(schema)
  if (branches.length > 0) return makeBranch(schema, branches, making, depth)
  return makeTyped(schema, making, depth)
}

const oneOf = (random: Random, values: readonly JsonValue[]): JsonValue =>
  values[between(random, 0, values.length - 1)] ?? null

const branchesOf = ({ anyOf, oneOf: exactlyOne }: JsonObject): readonly JsonValue[] =>
  Array.isArray(anyOf) ? anyOf : Array.isArray(exactlyOne) ? exactlyOne : []

/** What a branch says is added to what stands beside it. Deep down a branch that ends is preferred. */
const makeBranch = (schema: JsonObject, branches: readonly JsonValue[], making: Making, depth: number): JsonValue => {
  const { anyOf: _any, oneOf: _one, ...beside } = schema
  const ending = depth < modestFrom ? [] : branches.filter(isFlat)
  const branch = oneOf(making.random, ending.length > 0 ? ending : branches)
  return make(isObject(branch) ? { ...beside, allOf: [branch] } : beside, making, depth + 1)
}

const isFlat = (branch: JsonValue): boolean =>
  isObject(branch) && branch.$ref === undefined && branch.properties === undefined && branch.items === undefined

const makeTyped = (schema: JsonObject, making: Making, depth: number): JsonValue => {
  switch (typeOf(schema, making.random)) {
    case 'object':
      return makeObject(schema, making, depth)
    case 'array':
      return makeArray(schema, making, depth)
    case 'number':
      return numberFor(schema, making.random, false)
    case 'integer':
      return numberFor(schema, making.random, true)
    case 'boolean':
      return making.random() < 0.5
    case 'null':
      return null
    default:
      return stringFor(schema, making.random)
  }
}

const namesIn = (value: JsonValue | undefined): string[] =>
  Array.isArray(value) ? value.filter((name) => typeof name === 'string') : []

const makeObject = (schema: JsonObject, making: Making, depth: number): JsonValue => {
  const properties = isObject(schema.properties) ? schema.properties : {}
  const required = namesIn(schema.required)
  const names = new Set(depth < modestFrom ? [...Object.keys(properties), ...required] : required)
  const rest = isObject(schema.additionalProperties) ? schema.additionalProperties : { type: 'string' }
  const value: Record<string, JsonValue> = {}
  for (const name of names)
    value[name] = make(Object.hasOwn(properties, name) ? properties[name] : rest, making, depth + 1)
  const least = typeof schema.minProperties === 'number' ? schema.minProperties : 0
  for (let count = 1; names.size < least && making.left > 0; count++) {
    const name = `field${count}`
    if (names.has(name)) continue
    names.add(name)
    value[name] = make(rest, making, depth + 1)
  }
  return value
}

const makeArray = (schema: JsonObject, making: Making, depth: number): JsonValue => {
  const leading = Array.isArray(schema.prefixItems)
    ? schema.prefixItems
    : Array.isArray(schema.items)
      ? schema.items
      : []
  const following = isObject(schema.items) ? schema.items : schema.items === false ? undefined : { type: 'string' }
  const least = typeof schema.minItems === 'number' ? schema.minItems : depth < modestFrom ? 1 : 0
  const most = typeof schema.maxItems === 'number' ? schema.maxItems : Math.max(least, leading.length) + 2
  const wanted = Math.min(most, Math.max(least, depth < modestFrom ? leading.length + between(making.random, 0, 1) : 0))
  const values: JsonValue[] = []
  const seen = new Set<string>()
  for (let tries = 0; values.length < wanted && making.left > 0 && tries < wanted * 20; tries++) {
    const item = values.length < leading.length ? leading[values.length] : following
    if (item === undefined) break
    const value = make(item, making, depth + 1)
    if (schema.uniqueItems === true && seen.has(JSON.stringify(value))) continue
    seen.add(JSON.stringify(value))
    values.push(value)
  }
  return values
}

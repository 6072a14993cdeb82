import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { randomFrom } from './simulated-random.ts'
import { valueFor } from './simulated-schema.ts'

const formats: Record<string, RegExp> = {
  date: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  time: /^([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/,
  email: /^[a-z]+@[a-z.]+$/,
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  ipv4: /^(\d{1,3}\.){3}\d{1,3}$/,
  uri: /^https:\/\/\S+$/,
}

const typeOf = (value: JsonValue): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)

const same = (one: JsonValue | undefined, other: JsonValue | undefined): boolean =>
  JSON.stringify(one) === JSON.stringify(other)

type Check = (rule: JsonValue, value: JsonValue, root: JsonObject, schema: JsonObject) => boolean

const ofList = (rule: JsonValue): readonly JsonValue[] => (Array.isArray(rule) ? rule : [rule])
const onNumber =
  (holds: (rule: number, value: number) => boolean): Check =>
  (rule, value) =>
    typeof value !== 'number' || typeof rule !== 'number' || holds(rule, value)
const onText =
  (holds: (rule: number, value: string) => boolean): Check =>
  (rule, value) =>
    typeof value !== 'string' || holds(rule as number, value)
const onArray =
  (holds: (rule: JsonValue, value: readonly JsonValue[]) => boolean): Check =>
  (rule, value) =>
    !Array.isArray(value) || holds(rule, value)

/** A second opinion: one function for each keyword, written from the standard and knowing nothing of how values are made. */
const checks: Record<string, Check> = {
  type: (rule, value) =>
    ofList(rule).some((type) => type === typeOf(value) || (type === 'integer' && Number.isInteger(value))),
  const: (rule, value) => same(rule, value),
  enum: (rule, value) => ofList(rule).some((allowed) => same(allowed, value)),
  minimum: onNumber((rule, value) => value >= rule),
  maximum: onNumber((rule, value) => value <= rule),
  exclusiveMinimum: onNumber((rule, value) => value > rule),
  exclusiveMaximum: onNumber((rule, value) => value < rule),
  multipleOf: onNumber((rule, value) => Math.abs(value / rule - Math.round(value / rule)) < 1e-9),
  minLength: onText((rule, value) => [...value].length >= rule),
  maxLength: onText((rule, value) => [...value].length <= rule),
  format: (rule, value) => typeof value !== 'string' || (formats[rule as string]?.test(value) ?? true),
  minItems: onArray((rule, value) => value.length >= (rule as number)),
  maxItems: onArray((rule, value) => value.length <= (rule as number)),
  uniqueItems: onArray(
    (rule, value) => !rule || new Set(value.map((item) => JSON.stringify(item))).size === value.length,
  ),
  required: (rule, value) => !isObject(value) || ofList(rule).every((name) => Object.hasOwn(value, name as string)),
  minProperties: (rule, value) => !isObject(value) || Object.keys(value).length >= (rule as number),
  properties: (rule, value, root) =>
    !isObject(value) ||
    !isObject(rule) ||
    Object.entries(rule).every(([name, inner]) => value[name] === undefined || holds(inner ?? true, value[name], root)),
  additionalProperties: (rule, value, root, schema) =>
    !isObject(value) ||
    Object.entries(value).every(
      ([name, inner]) =>
        (isObject(schema.properties) && Object.hasOwn(schema.properties, name)) || holds(rule, inner ?? null, root),
    ),
  prefixItems: (rule, value, root) =>
    !Array.isArray(value) ||
    ofList(rule).every((inner, at) => value[at] === undefined || holds(inner, value[at], root)),
  items: (rule, value, root, schema) =>
    !Array.isArray(value) ||
    value
      .slice(Array.isArray(schema.prefixItems) ? schema.prefixItems.length : 0)
      .every((item) => holds(rule, item, root)),
  anyOf: (rule, value, root) => ofList(rule).some((inner) => holds(inner, value, root)),
  oneOf: (rule, value, root) => ofList(rule).filter((inner) => holds(inner, value, root)).length === 1,
  allOf: (rule, value, root) => ofList(rule).every((inner) => holds(inner, value, root)),
  $ref: (rule, value, root) => {
    let found: JsonValue = root
    for (const step of (rule as string).slice(1).split('/').filter(Boolean))
      found = (found as JsonObject)[step] ?? false
    return holds(found, value, root)
  },
}

const holds = (schema: JsonValue, value: JsonValue, root: JsonObject): boolean => {
  if (typeof schema === 'boolean') return schema
  if (!isObject(schema)) return true
  if (value === null && schema.nullable === true) return true
  return Object.entries(schema).every(
    ([keyword, rule]) => rule === undefined || (checks[keyword]?.(rule, value, root, schema) ?? true),
  )
}

const accept = (schema: JsonObject, seeds = 40): void => {
  for (let seed = 0; seed < seeds; seed++) {
    const value = valueFor(schema, randomFrom(`${seed}`))
    assert.ok(holds(schema, value, schema), `${JSON.stringify(value)} does not satisfy ${JSON.stringify(schema)}`)
  }
}

const person = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer', minimum: 0 } },
} as const

describe('valueFor', () => {
  const schemas: Record<string, JsonObject> = {
    'an object with optional and required fields': { ...person, required: ['name'], additionalProperties: false },
    'an enum and a constant': { type: 'object', properties: { a: { enum: ['x', 1, null] }, b: { const: { c: [1] } } } },
    'integers within bounds': { type: 'integer', minimum: 3, maximum: 5 },
    'numbers beyond exclusive bounds': { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
    'a single integer between exclusive bounds': { type: 'integer', exclusiveMinimum: 6, exclusiveMaximum: 8 },
    'only a lower bound that is large': { type: 'integer', minimum: 1_000_000 },
    'only an upper bound that is negative': { type: 'number', maximum: -500 },
    'multiples of a decimal': { type: 'number', multipleOf: 0.1, minimum: 2, maximum: 3 },
    'multiples that are whole': { type: 'integer', multipleOf: 7, minimum: 10, maximum: 20 },
    'strings of a length': { type: 'string', minLength: 30, maxLength: 33 },
    'a string of exactly one character': { type: 'string', minLength: 1, maxLength: 1 },
    'an empty string': { type: 'string', maxLength: 0 },
    'arrays of a size': { type: 'array', items: { type: 'boolean' }, minItems: 4, maxItems: 4 },
    'an empty array': { type: 'array', items: { type: 'string' }, maxItems: 0 },
    'arrays without repetition': { type: 'array', items: { enum: [1, 2, 3] }, minItems: 3, uniqueItems: true },
    tuples: { type: 'array', prefixItems: [{ type: 'number' }, { type: 'null' }], items: false, minItems: 2 },
    'a choice of branches': { anyOf: [{ type: 'string', format: 'date' }, person, { type: 'null' }] },
    'exactly one of branches': { oneOf: [{ type: 'string' }, { type: 'integer' }, { type: 'array', items: {} }] },
    'a branch with what stands beside it': {
      type: 'object',
      properties: { id: { type: 'integer' } },
      required: ['id', 'kind'],
      oneOf: [{ properties: { kind: { const: 'a' } } }, { properties: { kind: { const: 'b' } } }],
    },
    'all of several': {
      allOf: [
        { $ref: '#/$defs/p' },
        { type: 'object', properties: { id: { type: 'string', format: 'uuid' } }, required: ['id'] },
      ],
      $defs: { p: { ...person, required: ['name'] } },
    },
    'bounds from several sides': {
      allOf: [{ type: 'integer', minimum: 1, maximum: 9 }, { minimum: 4 }, { maximum: 6 }],
    },
    'types that may be null': {
      type: 'object',
      properties: { a: { type: ['string', 'null'] }, b: { type: 'integer', nullable: true } },
    },
    'references to definitions': {
      type: 'array',
      items: { $ref: '#/$defs/a' },
      minItems: 1,
      $defs: { a: { $ref: '#/$defs/b' }, b: person },
    },
    'a tree that contains itself': {
      type: 'object',
      properties: { value: { type: 'number' }, children: { type: 'array', items: { $ref: '#' } } },
      required: ['value', 'children'],
    },
    'a list that ends': {
      $ref: '#/$defs/node',
      $defs: {
        node: {
          type: 'object',
          properties: { next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } },
          required: ['next'],
        },
      },
    },
    'more fields than are named': { type: 'object', minProperties: 3, additionalProperties: { type: 'integer' } },
    'required fields that are not described': { type: 'object', required: ['a', 'b'] },
    'keywords without a type': {
      properties: { a: { minimum: 2 }, b: { items: { type: 'null' } }, c: { minLength: 4 } },
    },
  }
  for (const [name, schema] of Object.entries(schemas)) {
    test(`satisfies ${name}`, () => accept(schema))
  }

  for (const format of Object.keys(formats)) {
    test(`makes texts of the format ${format}`, () => accept({ type: 'string', format }))
  }

  test('makes values that are real, not only what a checker lets pass', () => {
    const value = valueFor({ ...person, required: ['name', 'age'] }, randomFrom('1'))
    assert.ok(isObject(value) && typeof value.name === 'string' && Number.isInteger(value.age))
  })

  test('uses every branch and both null and values over many seeds', () => {
    const kinds = (schema: JsonObject) => {
      const seen = new Set<string>()
      for (let seed = 0; seed < 60; seed++) seen.add(typeOf(valueFor(schema, randomFrom(`${seed}`))))
      return [...seen].sort()
    }
    assert.deepEqual(kinds({ anyOf: [{ type: 'string' }, { type: 'boolean' }] }), ['boolean', 'string'])
    assert.deepEqual(kinds({ type: ['string', 'null'] }), ['null', 'string'])
  })

  const leaf: fc.Arbitrary<JsonObject> = fc.oneof(
    fc
      .tuple(fc.integer({ min: -50, max: 50 }), fc.nat({ max: 20 }))
      .map(([least, more]) => ({ type: 'integer', minimum: least, maximum: least + more })),
    fc
      .tuple(fc.nat({ max: 30 }), fc.nat({ max: 10 }))
      .map(([least, more]) => ({ type: 'string', minLength: least, maxLength: least + more })),
    fc.constantFrom<JsonObject>(
      { type: 'boolean' },
      { type: 'null' },
      { enum: ['a', 'b'] },
      { type: ['number', 'null'] },
      {},
    ),
  )
  const { schema: anySchema } = fc.letrec<{ schema: JsonObject }>((tie) => ({
    schema: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tie('schema'), { maxKeys: 4 }).map((properties) => ({
        type: 'object',
        properties,
        required: Object.keys(properties).slice(0, 2),
        additionalProperties: false,
      })),
      fc
        .tuple(tie('schema'), fc.nat({ max: 3 }))
        .map(([items, minItems]) => ({ type: 'array', items, minItems, maxItems: minItems + 1 })),
      fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    ),
  }))

  test('satisfies whatever is put together of these', () => {
    fc.assert(
      fc.property(anySchema, fc.string(), (schema, seed) => {
        const value = valueFor(schema, randomFrom(seed))
        assert.ok(holds(schema, value, schema), JSON.stringify(value))
      }),
      { numRuns: 400 },
    )
  })

  for (const [name, schema] of Object.entries<JsonObject>({
    'demands itself without end': { type: 'object', properties: { a: { $ref: '#' } }, required: ['a'] },
    'demands itself many times': {
      type: 'object',
      properties: { a: { $ref: '#' }, b: { $ref: '#' }, c: { $ref: '#' } },
      required: ['a', 'b', 'c'],
    },
    'refers to itself alone': { $ref: '#' },
    'refers to what is not there': { $ref: '#/$defs/%E0%A4%A' },
    'is all of itself': { allOf: [{ $ref: '#' }] },
    'wants a million items': { type: 'array', items: { type: 'string' }, minItems: 1_000_000 },
    'wants a long text': { type: 'string', minLength: 1_000_000_000 },
    'has bounds that contradict each other': { type: 'integer', minimum: 5, maximum: 4 },
  })) {
    test(`comes to an end for a schema that ${name}`, () => {
      const begun = performance.now()
      assert.ok(JSON.stringify(valueFor(schema, randomFrom('1'))).length < 200_000)
      assert.ok(performance.now() - begun < 500)
    })
  }
})

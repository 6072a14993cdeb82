import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { JsonObject, JsonValue } from '../core/json.ts'
import { coerce } from './coerce.ts'

const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({ type: 'object', properties, ...more })

const cases: readonly (readonly [what: string, schema: JsonObject, said: JsonValue, meant: JsonValue])[] = [
  ['a number in quotes', { type: 'number' }, '12.5', 12.5],
  ['a grouped number', { type: 'integer' }, '1,234,567', 1_234_567],
  ['a truth value in quotes', { type: 'boolean' }, 'True', true],
  ['nothing in words', { type: ['integer', 'null'] }, 'null', null],
  ['a number in place of text', { type: 'string' }, 42, '42'],
  ['a single value in place of a list', { type: 'array', items: { type: 'integer' } }, '3', [3]],
  ['a list of one in place of the one', { type: 'string' }, ['x'], 'x'],
  ['an object in a string', object({ a: { type: 'integer' } }), '{"a": "1"}', { a: 1 }],
  ['the case of an enumerated word', { enum: ['In Progress', 'Done'] }, 'in_progress', 'In Progress'],
  ['a constant in another case', { const: 'USD' }, 'usd', 'USD'],
  ['names in another case', object({ unitPrice: { type: 'number' } }), { unit_price: '3' }, { unitPrice: 3 }],
  ['null where nothing may stand', object({ a: { type: 'string' } }), { a: null }, {}],
  [
    'values behind references',
    { $defs: { n: { type: 'integer' } }, ...object({ a: { $ref: '#/$defs/n' } }) },
    { a: '7' },
    { a: 7 },
  ],
  ['a branch beside nothing', object({ a: { anyOf: [{ type: 'integer' }, { type: 'null' }] } }), { a: '7' }, { a: 7 }],
  [
    'items by their places',
    { type: 'array', prefixItems: [{ type: 'integer' }, { type: 'string' }] },
    ['1', 2],
    [1, '2'],
  ],
]

const kept: readonly (readonly [what: string, schema: JsonObject, said: JsonValue])[] = [
  ['text that is no number', { type: 'number' }, 'twelve'],
  ['a fraction where a whole number is wanted', { type: 'integer' }, '1.5'],
  ['a word that could be two', { enum: ['ab', 'A B'] }, 'a-b'],
  ['null that is required', object({ a: { type: 'string' } }, { required: ['a'] }), { a: null }],
  ['null that may stand', object({ a: { anyOf: [{ type: 'string' }, { type: 'null' }] } }), { a: null }],
  ['a name that could be two', object({ a_b: {}, aB: {} }), { 'a-b': 1 }],
  ['a single value in place of several', { type: 'array', minItems: 2 }, 'x'],
  ['what may be of two kinds', { anyOf: [{ type: 'integer' }, { type: 'boolean' }] }, '1'],
  ['a number that JSON cannot say', { type: 'number' }, '1e999'],
  ['anything without a schema', {}, { a: ['1', null] }],
]

describe('making a value what its schema wants', () => {
  for (const [what, schema, said, meant] of cases) {
    test(`changes ${what}`, () => {
      const { value, changes } = coerce(said, schema)
      assert.deepEqual(value, meant)
      assert.ok(changes > 0)
    })
  }

  for (const [what, schema, said] of kept) {
    test(`leaves ${what}`, () => {
      assert.deepEqual(coerce(said, schema), { value: said, changes: 0 })
    })
  }

  test('comes to an end where a schema refers to itself', () => {
    const schema = { $ref: '#' }
    assert.deepEqual(coerce({ a: 1 }, schema), { value: { a: 1 }, changes: 0 })
    const tree = object({ left: { $ref: '#' }, size: { type: 'integer' } })
    assert.deepEqual(coerce({ size: '2', left: { size: '1' } }, tree).value, { size: 2, left: { size: 1 } })
  })
})

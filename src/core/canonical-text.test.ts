import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { type Arbitrary, array, assert as check, constantFrom, jsonValue, property, string, tuple } from 'fast-check'
import { CanonicalText } from './canonical-text.ts'
import { isObject, type JsonValue } from './json.ts'

const written = (...values: (JsonValue | undefined)[]): string => {
  const text = new CanonicalText()
  for (const value of values) text.value(value)
  return text.toString()
}

const schema = (value: JsonValue): string => {
  const text = new CanonicalText()
  text.schema(value)
  return text.toString()
}

/** Texts that hold what the canonical form itself is made of. */
const tricky = string({
  unit: constantFrom('0', '1', ':', 'l', 'd', 'e', 'n', ';', 'u', 'z', '"', '\ud83d', '\ude00', 'é'),
})
const value = jsonValue({ stringUnit: 'binary', maxDepth: 3 }) as Arbitrary<JsonValue>

const reversed = (value: JsonValue): JsonValue =>
  isObject(value)
    ? Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, inner]) => [key, reversed(inner as JsonValue)]),
      )
    : Array.isArray(value)
      ? value.map(reversed)
      : value

/** As JSON has it: minus nought is nought. */
const same = (one: unknown, other: unknown): boolean => isDeepStrictEqual(plain(one), plain(other))
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value), (_, inner) => (inner === 0 ? 0 : inner))

describe('the canonical text of values', () => {
  test('is equal for equal values and different for all others', () => {
    check(
      property(array(value, { maxLength: 3 }), array(value, { maxLength: 3 }), (one, other) => {
        assert.equal(written(...one) === written(...other), same(one, other))
      }),
      { numRuns: 2_000 },
    )
  })

  test('tells lists of texts apart whatever stands in them', () => {
    const list = array(tricky, { maxLength: 4 })
    check(
      property(tuple(list, list), ([one, other]) => {
        assert.equal(written(one) === written(other), isDeepStrictEqual(one, other))
        assert.equal(written(...one) === written(...other), isDeepStrictEqual(one, other))
      }),
      { numRuns: 3_000 },
    )
  })

  test('does not depend on the order of keys, and does on the order of lists', () => {
    check(property(value, (any) => assert.equal(written(any), written(reversed(any)))))
    assert.notEqual(written(['a', 'b']), written(['b', 'a']))
  })

  test('tells numbers, texts, null, false, nothing and empty things apart', () => {
    const all: (JsonValue | undefined)[] = [
      0,
      1,
      '0',
      '1',
      '',
      null,
      'null',
      false,
      'false',
      true,
      undefined,
      [],
      {},
      [[]],
      [{}],
    ]
    assert.equal(new Set(all.map((each) => written(each))).size, all.length)
    assert.equal(new Set(all.map((each) => written({ field: each }))).size, all.length)
    assert.equal(written({ field: undefined }), written({}))
    assert.notEqual(written({ field: null }), written({}))
    assert.notEqual(written(1), written(1.5))
    assert.notEqual(written(-1), written(1))
    assert.equal(written(0.1 + 0.2) === written(0.3), false)
  })

  test('does not move a border between two texts', () => {
    assert.notEqual(written('ab', 'c'), written('a', 'bc'))
    assert.notEqual(written(['ab'], ['c']), written(['ab', 'c']))
    assert.notEqual(written({ a: 'b' }), written({ 'a1:b': '' }))
  })

  test('tells halves of characters apart, short and long', () => {
    const long = 'x'.repeat(20_000)
    for (const [one, other] of [
      ['\ud800', '\ud801'],
      ['\ud800', '\ufffd'],
      ['\ud800', '\\ud800'],
      [`${long}\ud800`, `${long}\ud801`],
      [`${long}\ud800`, `${long}\ufffd`],
    ] as const)
      assert.notEqual(Buffer.from(written(one)).toString('hex'), Buffer.from(written(other)).toString('hex'))
  })

  test('holds long texts by their hash, and is different for each of them', () => {
    const long = 'A'.repeat(1_000_000)
    assert.ok(written([long, long, { data: long }]).length < 300)
    assert.notEqual(written(`${long}A`), written(`${long}B`))
    assert.notEqual(written(long), written(long.slice(1)))
    const shown = written(long)
    assert.notEqual(written(shown), shown)
  })

  test('keeps the order in which a schema names properties, and no other order', () => {
    const ordered = (properties: JsonValue): JsonValue => ({ type: 'object', properties, required: ['a'] })
    const a = { type: 'string' }
    const b = { type: 'object', properties: { x: {}, y: {} } }
    assert.notEqual(schema(ordered({ a, b })), schema(ordered({ b, a })))
    assert.notEqual(schema(ordered({ b })), schema(ordered({ b: { type: 'object', properties: { y: {}, x: {} } } })))
    assert.equal(schema({ type: 'object', title: 'T' }), schema({ title: 'T', type: 'object' }))
    // A property that is called so is a schema like every other.
    const named = (inner: JsonValue): JsonValue => ordered({ properties: inner })
    assert.equal(schema(named({ type: 'string', title: 'T' })), schema(named({ title: 'T', type: 'string' })))
    assert.notEqual(schema({ properties: { a: 1 } }), written({ properties: { a: 1 } }))
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { isObject } from '../core/json.ts'
import { damagedSamples } from '../testing/damaged-json.ts'
import { coerce } from './coerce.ts'
import { findJson } from './find-json.ts'

describe('finding JSON in what a model said', () => {
  test('leaves valid JSON as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = JSON.stringify(value)
        const [found] = findJson(json)
        assert.deepEqual(
          found?.value,
          JSON.parse(json, (name, each) => (name === '__proto__' ? undefined : each)),
        )
        assert.equal(found?.rung, 'parsed')
      }),
    )
  })

  test('finds it in a fence before it finds other brackets', () => {
    const text = 'As in {this} and [1]:\n```json\n{"a": 1}\n```\nor [2, 3, 4, 5, 6, 7, 8].'
    assert.deepEqual(findJson(text)[0], { value: { a: 1 }, rung: 'extracted', isCut: false })
  })

  test('finds it among words, the longest first', () => {
    const values = findJson('First [1], then {"name": "f", "arguments": {"x": 1}} and {"b": 2}.').map(
      ({ value }) => value,
    )
    assert.deepEqual(values, [{ name: 'f', arguments: { x: 1 } }, { b: 2 }, [1]])
  })

  test('finds several calls in tags', () => {
    const call = (n: number) => `<tool_call>\n{"name": "f", "arguments": {"n": ${n}}}\n</tool_call>`
    assert.equal(findJson([1, 2, 3].map(call).join('\n')).length, 3)
  })

  test('prefers what is whole to what is cut, and what is JSON to what was put right', () => {
    const rungs = findJson('{\'a\': 1} {"b": 2} {"c": [1, 2').map(({ rung, isCut }) => [rung, isCut])
    assert.deepEqual(rungs, [
      ['extracted', false],
      ['repaired', false],
      ['repaired', true],
    ])
  })

  test('finds nothing in words', () => {
    for (const text of ['', 'I cannot help with that.', 'x < y and (z)', ']}']) assert.deepEqual(findJson(text), [])
  })

  test('reads a text of brackets in time', () => {
    for (const text of ['{ '.repeat(100_000), '[}'.repeat(100_000), '{"a'.repeat(60_000)]) {
      const began = performance.now()
      findJson(text)
      assert.ok(performance.now() - began < 2_000, text.slice(0, 10))
    }
  })

  test('finds what was meant in every kind of damage', () => {
    for (const { kind, said, schema, intended } of damagedSamples(40, 7)) {
      const [found] = findJson(said)
      assert.ok(found, `${kind}: ${said}`)
      assert.deepEqual(coerce(found.value, schema).value, intended, `${kind}: ${said}`)
      if (kind === 'missing end') assert.ok(found.isCut || !isObject(found.value) || said.endsWith('}'))
    }
  })
})

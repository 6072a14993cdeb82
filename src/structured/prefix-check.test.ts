import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { JsonObject } from '../core/json.ts'
import { damagedSamples } from '../testing/damaged-json.ts'
import { createPrefixCheck } from './prefix-check.ts'

/** The characters that can be fed before it is impossible; undefined: all. */
const stopsAt = (text: string, schema?: JsonObject): number | undefined => {
  const check = createPrefixCheck(schema)
  for (const [at, character] of [...text].entries()) if (!check.feed(character)) return at
  return undefined
}

const invoice: JsonObject = {
  type: 'object',
  properties: {
    total: { type: 'number' },
    currency: { enum: ['EUR', 'USD'] },
    lines: { type: 'array', items: { $ref: '#/$defs/line' } },
  },
  required: ['total'],
  additionalProperties: false,
  $defs: { line: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] } },
}

describe('following a JSON text as it comes', () => {
  test('lets every JSON text pass, however it is cut', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 1), fc.nat(7), (value, indent, step) => {
        const text = JSON.stringify(value, null, indent)
        const check = createPrefixCheck(undefined)
        for (let at = 0; at < text.length; at += step + 1) assert.ok(check.feed(text.slice(at, at + step + 1)), text)
        assert.ok(check.feed(' \n'))
      }),
      { numRuns: 1_000 },
    )
  })

  test('lets everything pass that its schema allows', () => {
    for (const { intended, schema } of damagedSamples(20, 3)) {
      assert.equal(stopsAt(JSON.stringify(intended), schema), undefined)
      assert.equal(stopsAt(JSON.stringify(intended, null, 2), schema), undefined)
    }
  })

  test('stops at the first character that is no JSON', () => {
    const cases: readonly (readonly [text: string, at: number])[] = [
      ['Sure', 0],
      ['```json', 0],
      ["{'a'", 1],
      ['{"a" 1', 5],
      ['{"a":1,}', 7],
      ['[1,]', 3],
      ['[1 2', 3],
      ['{"a":True', 5],
      ['{"a":trux', 8],
      ['{"a":01', 6],
      ['{"a":1.}', 7],
      ['"a\nb"', 2],
      ['"\\x41"', 2],
      ['"\\u12g', 5],
      ['{} more', 3],
      ['{"a":1}}', 7],
      ['[1}', 2],
      ['nul}', 3],
    ]
    for (const [text, at] of cases) assert.equal(stopsAt(text), at, text)
  })

  test('stops where its schema is broken for good', () => {
    const cases: readonly (readonly [text: string, at: number])[] = [
      ['[', 0],
      ['{"more"', 6],
      ['{"total":"1"', 9],
      ['{"total":1,"currency":"GBP"', 26],
      ['{"currency":"EUR"}', 17],
      ['{"total":1,"lines":{', 19],
      ['{"total":1,"lines":[{"text":1', 28],
      ['{"total":1,"lines":[{}', 21],
    ]
    for (const [text, at] of cases) assert.equal(stopsAt(text, invoice), at, text)
    assert.equal(stopsAt('{"total":1,"currency":"EUR","lines":[{"text":"a","more":[]}]}', invoice), undefined)
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { array, assert as check, constantFrom, jsonValue, property, string } from 'fast-check'
import { fold } from './fold.ts'
import type { JsonValue } from './json.ts'

const joins = (...texts: string[]): void =>
  assert.equal(new Set(texts.map(fold)).size, 1, texts.map((text) => JSON.stringify(fold(text))).join(' | '))

const keepsApart = (...texts: string[]): void =>
  assert.equal(new Set(texts.map(fold)).size, texts.length, texts.map((text) => JSON.stringify(fold(text))).join(' | '))

describe('what texts are the same for', () => {
  test('prose with other white space', () => {
    joins(
      'What is the capital of France?',
      '  What  is\tthe capital of\u00a0France? \n',
      'What is the capital\nof France?',
      'What is the capital \r\nof France?',
    )
    joins('Two parts.\n\nThe second one.', 'Two parts.\nThe second one.', 'Two parts. The second one.')
    joins('Buy 1 000 shares, please', 'Buy 1  000 shares, please')
  })

  test('letters in other forms', () => {
    joins('Où est le café ?', 'Où est le cafe\u0301 ?')
    joins('東京タワーの高さは', '東京ﾀﾜｰの高さは')
    joins('Ｗｈａｔ ｉｓ 42', 'What is 42')
    joins('the ﬁrst ofﬁce', 'the first office')
    joins('ﻣﺮﺣﺒﺎ', 'مرحبا')
  })

  test('JSON with its keys in another order, and other white space', () => {
    joins('{"a": 1, "b": [1, 2]}', '{\n  "b": [1,2],\n  "a": 1\n}\n')
    joins('[{"x":{"p":1,"q":2}}]', '[ { "x" : { "q":2 , "p":1 } } ]')
  })
})

describe('what keeps texts apart', () => {
  test('digits, signs, numbers of JSON', () => {
    keepsApart('x² + 1', 'x2 + 1', 'x₂ + 1', 'x 2 + 1')
    keepsApart('It is 12 34', 'It is 1234', 'It is 123 4')
    keepsApart('5\n-3', '5 -3', '5 - 3', '5 3')
    keepsApart('½ cup', '1⁄2 cup', '1/2 cup', '12 cup')
    keepsApart('① first', '1 first', '1. first')
    keepsApart('{"a":1}', '{"a":1.0}', '{"a":1e0}', '{"a":-1}', '{"a":"1"}')
    keepsApart('{"id":12345678901234567890}', '{"id":12345678901234567891}')
    keepsApart('a ≠ b', 'a = b')
    keepsApart('a < b', 'a ＜ b', 'a > b')
  })

  test('capitals, and letters that mean more than their plain form', () => {
    keepsApart('us and them', 'US and them')
    keepsApart('ℝ and R', 'R and R', '𝐑 and R')
    keepsApart('Tollgate™', 'TollgateTM')
    keepsApart('no', 'nº', 'n°')
  })

  test('white space of code, tables, quotations and lists of arguments', () => {
    keepsApart('if x:\n  a()\n  b()', 'if x:\n  a()\nb()', 'if x: a() b()')
    keepsApart('steps:\n  one\n  two', 'steps:\none\ntwo')
    keepsApart('x = 1 // one\ny = 2', 'x = 1 // one y = 2')
    keepsApart('Translate "a  b"', 'Translate "a b"')
    keepsApart('`a  b`', '`a b`')
    keepsApart('| a |  |\n| b | c |', '| a | |\n| b | c |')
    keepsApart('Is this two words: ab', 'Is this two words: a b')
  })

  test('what is asked about letters and white space themselves', () => {
    keepsApart('How many spaces: a  b', 'How many spaces: a b')
    keepsApart('Which letter is ﬁ', 'Which letter is fi')
    keepsApart('Write a poem.\nRoses are red', 'Write a poem. Roses are red')
    keepsApart('Is é the same in Unicode?', 'Is e\u0301 the same in Unicode?')
    keepsApart('１は全角ですか', '1は全角ですか')
  })

  test('JSON that means different things to different parsers, and what is none', () => {
    keepsApart('{"a":1,"a":2}', '{"a":2,"a":1}', '{"a":2}')
    keepsApart('{"a":1,"\\u0061":2}', '{"\\u0061":2,"a":1}')
    keepsApart('[1,2]', '[2,1]', '[12]', '[1,2,]')
    keepsApart('{"a":"x  y"}', '{"a":"x y"}')
    const deep = (inner: string): string => '['.repeat(100) + inner + ']'.repeat(100)
    keepsApart(deep('1, 2'), deep('1,2'))
  })
})

describe('for any text', () => {
  const pieces = constantFrom(
    'a',
    'B',
    'é',
    'e\u0301',
    '１',
    '1',
    '2',
    '-',
    '+',
    '.',
    ' ',
    '  ',
    '\n',
    '\t',
    '(',
    '{',
    '"',
    'ﬁ',
    'ﾀ',
    ',',
    ':',
    '²',
  )
  const text = string({ unit: pieces, maxLength: 20 })

  test('folding again changes nothing', () => {
    check(
      property(text, (any) => assert.equal(fold(fold(any)), fold(any))),
      { numRuns: 5_000 },
    )
  })

  test('digits, signs and capitals stay as they were, in their order', () => {
    const kept = (any: string): string => any.normalize('NFKC').replace(/[^\d+\-.²AB(){}",:]/g, '')
    check(
      property(text, (any) => {
        const folded = fold(any)
        if (!/^\s*[{[]/.test(any)) assert.equal(kept(folded), kept(any))
        assert.equal(folded.split('²').length, any.split('²').length)
      }),
      { numRuns: 5_000 },
    )
  })

  test('words never run into each other', () => {
    const words = array(constantFrom('on', 'e', 'two', '3', '33', 'a.b', "it's"), { minLength: 1, maxLength: 6 })
    const gap = constantFrom(' ', '  ', '\t', ' \t ', '\u00a0')
    check(
      property(words, gap, words, gap, (one, first, other, second) => {
        assert.equal(fold(one.join(first)) === fold(other.join(second)), one.join(' ') === other.join(' '))
      }),
      { numRuns: 3_000 },
    )
  })

  test('JSON stays JSON of the same value', () => {
    check(
      property(jsonValue({ stringUnit: 'binary' }), (value) => {
        const written = JSON.stringify([value], null, 2)
        assert.deepEqual(JSON.parse(fold(written)) as JsonValue, JSON.parse(written))
      }),
      { numRuns: 2_000 },
    )
  })
})

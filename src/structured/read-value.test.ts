import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { readLoosely } from './read-value.ts'

const cases: readonly (readonly [said: string, meant: unknown])[] = [
  ["{'a': 'it's', 'b': None}", { a: "it's", b: null }],
  ['{a: 1, b: [1,2,}, c: "x"}', { a: 1, b: [1, 2] }],
  ['{"a": "He said "hello", and left", "b": 2}', { a: 'He said "hello", and left', b: 2 }],
  ['{"a": "5" tall", "b": 1}', { a: '5" tall', b: 1 }],
  ['[1 2 3]', [1, 2, 3]],
  ['["x" "y"]', ['x', 'y']],
  ['{"a":1 "b":2}', { a: 1, b: 2 }],
  ['{ "a": "x"\n "b": "y" }', { a: 'x', b: 'y' }],
  [
    '{"x": 02134, "d": 2024-01-01, "n": 1_000, "u": Infinity, "p": 1/6}',
    { x: '02134', d: '2024-01-01', n: 1000, u: null, p: '1/6' },
  ],
  ['("a","b")', ['a', 'b']],
  ["{'a','b'}", ['a', 'b']],
  ['{"a": "x" + "y"}', { a: 'xy' }],
  ['{"a": ISODate("2026-11-30")}', { a: '2026-11-30' }],
  ['{"a": “quoted”, ‘b’: 2}', { a: 'quoted', b: 2 }],
  ['{"path": "C:\\dir"}', { path: 'C:\\dir' }],
  ['{"a": "line1\nline2"}', { a: 'line1\nline2' }],
  ['{"a": 1, /* why */ "b": 2 // because\n}', { a: 1, b: 2 }],
  ['{"a": 1, # because\n "b": 2}', { a: 1, b: 2 }],
  ['{"a":1,}', { a: 1 }],
  ['{"a":1,,"b":2}', { a: 1, b: 2 }],
  ['{"a":{"b":1,"c":[1,2,3}}', { a: { b: 1, c: [1, 2, 3] } }],
  ['{"k": """several "quoted" words"""}', { k: 'several "quoted" words' }],
  ['{"a": "", "b": ""}', { a: '', b: '' }],
  ['{"a": , "b": 2}', { a: null, b: 2 }],
  ['{a = 1; b => two}', { a: 1, b: 'two' }],
  ['[1, 2, ...]', [1, 2]],
  ['{"a": "\\x41\\u0042"}', { a: 'AB' }],
  ['{"a": True, "b": FALSE, "c": nil}', { a: true, b: false, c: null }],
]

const cut: readonly (readonly [said: string, meant: unknown])[] = [
  ['{"a": [1,2', { a: [1, 2] }],
  ['{"a": "unfin', { a: 'unfin' }],
  ['{"a": tru', { a: true }],
  ['{"a": 1, "b', { a: 1 }],
  ['{"a": 1, "b":', { a: 1, b: null }],
  ['{"a": "x\\u00', { a: 'x' }],
  ['[{"a": 1}, {', [{ a: 1 }, {}]],
]

describe('reading what is not quite JSON', () => {
  for (const [said, meant] of cases) {
    test(`understands ${said.replaceAll('\n', '⏎')}`, () => {
      const reading = readLoosely(said)
      assert.deepEqual(reading.value, meant)
      assert.ok('isCut' in reading && !reading.isCut)
    })
  }

  for (const [said, meant] of cut) {
    test(`takes what there is of ${said}, and says that it is cut`, () => {
      const reading = readLoosely(said)
      assert.deepEqual(reading.value, meant)
      assert.ok('isCut' in reading && reading.isCut && reading.isRepaired)
    })
  }

  test('gives every JSON value as it is, and says that nothing was put right', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(0, 2), (value, indent) => {
        const json = JSON.stringify(value, null, indent)
        const reading = readLoosely(`${json} `)
        assert.deepEqual(
          reading.value,
          JSON.parse(json, (name, each) => (name === '__proto__' ? undefined : each)),
        )
        assert.ok('isRepaired' in reading && !reading.isRepaired && !reading.isCut)
        assert.equal(reading.end, json.length)
      }),
      { numRuns: 2_000 },
    )
  })

  test('gives a value or says where it stopped, whatever is cut or mixed up, and never takes a prototype', () => {
    const pieces = fc.array(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        "'",
        '\\',
        'a',
        '1',
        ' ',
        '\n',
        '"__proto__":',
        '/*',
        '//',
        '`',
        '…',
      ),
    )
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join('')
        const { end, value } = readLoosely(text)
        assert.ok(end >= 0 && end <= text.length)
        if (typeof value === 'object' && value !== null && !Array.isArray(value))
          assert.equal(Object.getPrototypeOf(value), Object.prototype)
      }),
      { numRuns: 3_000 },
    )
  })

  test('takes time in proportion to the text, however hostile', () => {
    const hostile = [
      '['.repeat(200_000),
      '{"a":'.repeat(50_000),
      '"'.repeat(200_000),
      `{"a": "${'x" '.repeat(60_000)}`,
      `["${'" , '.repeat(60_000)}`,
      `{a${' '.repeat(200_000)}`,
    ]
    for (const text of hostile) {
      const began = performance.now()
      readLoosely(text)
      assert.ok(performance.now() - began < 1_000, text.slice(0, 20))
    }
  })
})

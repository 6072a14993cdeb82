import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Path } from './complaints.ts'
import { readDocument } from './document.ts'

const flawsOf = (text: string): string[] =>
  readDocument(text).flaws.map(({ position, problem }) => `${position.line}:${position.column} ${problem}`)

const dataOf = (text: string): unknown => JSON.parse(JSON.stringify(readDocument(text).value))

describe('a document', () => {
  test('is read as YAML 1.2: yes and no are words, octal needs 0o', () => {
    assert.deepEqual(dataOf('a: yes\nb: 010\nc: 0x10\nd: 1e3\ne: "1"\nf: true\ng: ~\n'), {
      a: 'yes',
      b: 10,
      c: 16,
      d: 1000,
      e: '1',
      f: true,
      g: null,
    })
  })

  test('stays YAML 1.2 when it says it is 1.1', () => {
    assert.deepEqual(dataOf('%YAML 1.1\n---\na: yes\n'), { a: 'yes' })
  })

  test('may be JSON, indented with tabs', () => {
    assert.deepEqual(dataOf('{\n\t"a": {\n\t\t"b": [1, "\\ud83d\\ude00"]\n\t}\n}\n'), { a: { b: [1, '😀'] } })
  })

  test('lets aliases stand for whole values', () => {
    assert.deepEqual(dataOf('a: &x { b: 1 }\nc: *x\nd: [*x]\n'), { a: { b: 1 }, c: { b: 1 }, d: [{ b: 1 }] })
  })

  test('is undefined when it is empty or only comments', () => {
    assert.equal(readDocument('').value, undefined)
    assert.equal(readDocument('# nothing\n\n').value, undefined)
  })

  test('keeps a key called __proto__ a key', () => {
    const { value } = readDocument('__proto__: { polluted: true }\n')
    assert.deepEqual(Object.keys(value as object), ['__proto__'])
    assert.equal(Reflect.get({}, 'polluted'), undefined)
  })
})

describe('a flaw', () => {
  const cases: Readonly<Record<string, [text: string, flaw: string]>> = {
    'a key given twice': ['a: 1\nb:\n  c: 1\n  c: 2\n', '4:3 is given twice'],
    'a tab as indentation': ['a:\n\tb: 1\n', '2:1 a tab is used for indentation; use spaces'],
    'a second document': [
      'a: 1\n---\nb: 2\n',
      '2:1 the file holds more than one document; keep one, without another "---"',
    ],
    'a tag': ['a: !secret x\n', '1:4 tags such as !name have no meaning here; remove the tag'],
    'an alias without anchor': ['a: *b\n', '1:4 *b refers to no anchor (&b) above it'],
    'an alias inside its own anchor': ['a: &a [*a]\n', '1:8 *a refers to no anchor (&a) above it'],
    'a merge key': [
      'a: &a { b: 1 }\nc:\n  <<: *a\n',
      '3:3 merging maps with << is not supported; write the fields out, or let an alias stand for a whole value',
    ],
    'a bare reference in a flow map': [
      `a: { b: \${C} }\n`,
      `1:10 a reference such as \${NAME} needs quotes inside { } and [ ]`,
    ],
    'a control character': ['a: b\u0001c\n', '1:5 holds the control character U+0001'],
    'an open quote': ['a: "b\n', '2:1 Missing closing "quote'],
  }
  for (const [name, [text, flaw]] of Object.entries(cases)) {
    test(`is told with its place: ${name}`, () => assert.deepEqual(flawsOf(text), [flaw]))
  }

  test('of deep nesting is told, not thrown', () => {
    for (const text of ['['.repeat(20_000), '- '.repeat(20_000), `a: ${'{b: '.repeat(100)}1${'}'.repeat(100)}`]) {
      assert.match(flawsOf(text).join('\n'), /nested too deeply/)
    }
  })

  test('of aliases that stand for billions of values is told before they are written out', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]']
    for (let level = 1; level < 12; level++) lines.push(`a${level}: &a${level} [${`*a${level - 1}, `.repeat(9)}]`)
    assert.match(flawsOf(lines.join('\n'))[0] ?? '', /the file stands for more than 100000 values/)
  })
})

describe('a position', () => {
  const document = readDocument(
    'server:\n  port: x\nmodels:\n  chat:\n    targets:\n      - a/b\n      - c/d\n  other: *none\nkeys: [{ name: web }]\n'.replace(
      ' *none',
      ' x',
    ),
  )
  const at = (path: Path, part?: 'key'): string => {
    const position = document.positionOf(path, part)
    return position ? `${position.line}:${position.column}` : 'nowhere'
  }

  test('of a scalar is where the scalar begins', () => assert.equal(at(['server', 'port']), '2:9'))
  test('of its key is where the key begins', () => assert.equal(at(['server', 'port'], 'key'), '2:3'))
  test('of a map or a list is that of the key before it', () => assert.equal(at(['models', 'chat', 'targets']), '5:5'))
  test('of an item is where the item begins', () => assert.equal(at(['models', 'chat', 'targets', 1]), '7:9'))
  test('of a field that is missing is that of the map without it', () => assert.equal(at(['keys', 0, 'key']), '9:8'))
  test('of a section that is missing is nowhere', () => assert.equal(at(['telemetry', 'log']), 'nowhere'))

  test('goes through an alias to what it stands for', () => {
    const aliased = readDocument('a: &x\n  b: 1\nc: *x\n')
    assert.deepEqual(aliased.positionOf(['c', 'b']), { line: 2, column: 6 })
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { pathText } from './complaints.ts'
import { expand } from './expand.ts'

const environment = { KEY: 'secret-value', EMPTY: '', NESTED: `\${KEY}` }

const expanded = (value: unknown): { value: unknown; complaints: string[] } => {
  const complaints: string[] = []
  const result = expand(value, environment, (path, problem) => complaints.push(`${pathText(path)}: ${problem}`))
  return { value: JSON.parse(JSON.stringify(result.value)), complaints }
}

describe('a reference to the environment', () => {
  const cases: readonly (readonly [text: string, expected: string])[] = [
    [`\${KEY}`, 'secret-value'],
    [`Bearer \${KEY}!`, 'Bearer secret-value!'],
    [`\${KEY}\${KEY}`, 'secret-valuesecret-value'],
    [`\${MISSING:-default}`, 'default'],
    [`\${MISSING:-}`, ''],
    [`\${EMPTY:-default}`, 'default'],
    [`\${EMPTY}`, ''],
    [`$\${KEY}`, `\${KEY}`],
    [`\${NESTED}`, `\${KEY}`],
    ['$KEY', '$KEY'],
    ['a $5 note', 'a $5 note'],
  ]
  for (const [text, expected] of cases) {
    test(`${text} gives ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(expanded({ text }), { value: { text: expected }, complaints: [] })
    })
  }

  test('to a variable that is not set is told with its path', () => {
    const { complaints } = expanded({ keys: [{ key: `\${MISSING}` }] })
    assert.deepEqual(complaints, [
      `keys[0].key: the environment variable MISSING is not set; set it, or write \${MISSING:-default}`,
    ])
  })

  for (const text of [`\${KEY`, `\${}`, `\${1A}`, `\${KEY:?}`]) {
    test(`${text} is a mistake`, () => assert.equal(expanded([text]).complaints.length, 1))
  }

  test('does not reach the prototype of the environment', () => {
    assert.equal(expanded([`\${toString}`]).complaints.length, 1)
  })

  test('is not replaced in keys', () => {
    const value = { [['$', '{KEY}'].join('')]: 1 }
    assert.deepEqual(expanded(value).value, value)
  })
})

describe('the copy', () => {
  test('refuses the key __proto__ and leaves every prototype alone', () => {
    const { complaints } = expanded(JSON.parse('{"a":{"__proto__":{"polluted":true}}}'))
    assert.deepEqual(complaints, ['a.__proto__: is a reserved name'])
    assert.equal(Reflect.get({}, 'polluted'), undefined)
  })

  test('ends for data that contains itself', () => {
    const value: Record<string, unknown> = {}
    value.self = value
    assert.match(expanded(value).complaints[0] ?? '', /^self\.self\.self: is nested deeper/)
  })

  test('refuses objects of a class', () => {
    assert.deepEqual(expanded({ at: new Date() }).complaints, ['at: expected plain data, got an object of a class'])
  })
})

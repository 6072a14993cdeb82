import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { JsonObject } from '../core/json.ts'
import type { OutputRule } from '../core/output-rules.ts'
import { damagedSamples } from '../testing/damaged-json.ts'
import { climb } from './ladder.ts'
import { createSchemaChecks } from './schema-checks.ts'

const checks = createSchemaChecks()
after(() => checks.close())

const schema: JsonObject = {
  type: 'object',
  properties: { total: { type: 'number' }, sources: { type: 'array', items: { type: 'string' } } },
  required: ['total'],
  additionalProperties: false,
}

const rungOf = async (text: string, rules: readonly OutputRule[] = []) => climb(text, { schema, rules }, checks)

describe('climbing from what a model said to what was wanted', () => {
  test('takes as few rungs as suffice', async () => {
    assert.deepEqual(await rungOf('{ "total": 1 }'), { rung: 'native', text: '{ "total": 1 }' })
    assert.deepEqual(await rungOf('Here: {"total": 1}.'), { rung: 'extracted', text: '{"total":1}' })
    assert.deepEqual(await rungOf("{'total': 1}"), { rung: 'repaired', text: '{"total":1}' })
    assert.deepEqual(await rungOf('{"total": "1"}'), { rung: 'coerced', text: '{"total":1}' })
  })

  test('takes the value that fits when there are several', async () => {
    assert.deepEqual(await rungOf('Not {"sum": 100000} but {"total": 1}'), { rung: 'extracted', text: '{"total":1}' })
  })

  test('says what is wrong when nothing will do, and nothing when there is no JSON', async () => {
    const climbed = await rungOf('{"total": "much"}')
    assert.ok(climbed.rung === undefined)
    assert.deepEqual(
      climbed.violations.map(({ pointer }) => pointer),
      ['/total'],
    )
    assert.deepEqual(await rungOf('I cannot say.'), { rung: undefined, violations: [] })
  })

  test('wants an object where no schema says more', async () => {
    const demand = { schema: undefined, rules: [] }
    assert.equal((await climb('{"a": 1}', demand, checks)).rung, 'native')
    assert.equal((await climb('[1]', demand, checks)).rung, undefined)
    assert.equal((await climb('[1]', { ...demand, isAny: true }, checks)).rung, 'native')
    assert.equal((await climb('```json\n{"a": 1}\n```', demand, checks)).rung, 'extracted')
  })

  test('holds it against rules beyond its schema', async () => {
    const rules: readonly OutputRule[] = [
      { at: '/sources', required: true, minLength: 2 },
      { at: '/sources/*', matches: '^https://', maxLength: 30 },
    ]
    const broken = async (text: string) => {
      const climbed = await rungOf(text, rules)
      return climbed.rung === undefined ? climbed.violations.map(({ pointer, message }) => `${pointer} ${message}`) : []
    }
    assert.deepEqual(await broken('{"total": 1, "sources": ["https://a", "https://b"]}'), [])
    assert.deepEqual(await broken('{"total": 1}'), ['/sources must be there and not be empty'])
    assert.deepEqual(await broken('{"total": 1, "sources": ["ftp://a"]}'), [
      '/sources must have at least 2 items',
      '/sources/0 must match ^https://',
    ])
    assert.deepEqual(await broken(`{"total": 1, "sources": ["https://a", "https://${'b'.repeat(30)}"]}`), [
      '/sources/1 must have at most 30 characters',
    ])
  })

  test('brings every kind of damage to what was meant', async () => {
    for (const { kind, said, schema: wanted, intended } of damagedSamples(5, 11)) {
      const climbed = await climb(said, { schema: wanted, rules: [] }, checks)
      assert.ok(climbed.rung !== undefined, `${kind}: ${said}`)
      assert.deepEqual(JSON.parse(climbed.text), intended, kind)
    }
  })
})

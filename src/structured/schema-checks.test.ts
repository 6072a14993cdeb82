import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { after, describe, test } from 'node:test'
import type { JsonObject, JsonValue } from '../core/json.ts'
import { createSchemaChecks } from './schema-checks.ts'

const checks = createSchemaChecks()
after(() => checks.close())

const invoice: JsonObject = {
  type: 'object',
  properties: { total: { type: 'number', minimum: 0 }, currency: { enum: ['EUR', 'USD'] } },
  required: ['total'],
  additionalProperties: false,
}

const nested = (levels: number): JsonObject => {
  let schema: JsonObject = { type: 'string' }
  for (let level = 0; level < levels; level++) schema = { type: 'object', properties: { a: schema } }
  return schema
}

const doubling = (): JsonObject => {
  const $defs: Record<string, JsonValue> = { d0: { type: 'string' } }
  for (let level = 1; level <= 25; level++)
    $defs[`d${level}`] = { allOf: [{ $ref: `#/$defs/d${level - 1}` }, { $ref: `#/$defs/d${level - 1}` }] }
  return { $defs, $ref: '#/$defs/d25' }
}

const named = (count: number): JsonObject =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, { type: 'string' }]))

/** Schemas that were made to hold a machine, with a value that would make them. */
const hostile: readonly (readonly [what: string, schema: JsonObject, value: JsonValue])[] = [
  ['a pattern with two ways to match', { type: 'string', pattern: '(a|a)*$' }, `${'a'.repeat(40)}b`],
  ['repetitions of repetitions', { type: 'string', pattern: '^(([a-z])+.)+[A-Z]([a-z])+$' }, 'a'.repeat(60)],
  ['a pattern that looks around', { type: 'string', pattern: '(?=a)(?!b)(?<=c)' }, 'a'],
  ['a depth of 5,000', nested(5_000), {}],
  ['5,000 names', { type: 'object', properties: named(5_000) }, {}],
  ['9,000 branches', { anyOf: Array.from({ length: 9_000 }, (_, index) => ({ const: index })) }, 1],
  ['references that double', doubling(), 'x'],
  ['references to itself', { $ref: '#' }, {}],
  ['references to each other', { $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' }, 1],
  ['references found while applying', { $dynamicAnchor: 'n', properties: { a: { $dynamicRef: '#n' } } }, {}],
  ['unique items among many', { uniqueItems: true }, Array.from({ length: 20_000 }, (_, index) => ({ index }))],
]

describe('checking values against schemas of callers', () => {
  test('tells what is valid and where what is not', async () => {
    assert.deepEqual(await checks.check(invoice, { total: 1, currency: 'EUR' }), { isValid: true })
    const verdict = await checks.check(invoice, { total: -1, currency: 'GBP', more: 1 })
    assert.ok(verdict.isValid === false)
    assert.deepEqual(verdict.violations.map(({ pointer, keyword }) => [pointer, keyword]).sort(), [
      ['', 'additionalProperties'],
      ['/currency', 'enum'],
      ['/total', 'minimum'],
    ])
    assert.match(JSON.stringify(verdict.violations), /EUR.*USD/)
  })

  test('keeps two patterns of one schema apart', async () => {
    const schema = { properties: { a: { pattern: '^a+$' }, b: { pattern: '^b+$' } } }
    assert.deepEqual(await checks.check(schema, { a: 'aa', b: 'bb' }), { isValid: true })
    const verdict = await checks.check(schema, { a: 'bb', b: 'bb' })
    assert.ok(verdict.isValid === false)
    assert.deepEqual(
      verdict.violations.map(({ pointer }) => pointer),
      ['/a'],
    )
  })

  test('understands older drafts', async () => {
    const old = {
      $schema: 'http://json-schema.org/draft-04/schema#',
      minimum: 1,
      exclusiveMinimum: true,
      id: 'http://x/y',
    }
    assert.equal((await checks.check(old, 1)).isValid, false)
    assert.equal((await checks.check(old, 2)).isValid, true)
    assert.equal((await checks.check({ items: [{ type: 'string' }], additionalItems: false }, ['a', 1])).isValid, false)
    assert.equal((await checks.check({ dependencies: { a: ['b'] } }, { a: 1 })).isValid, false)
    const beside = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      definitions: { s: { type: 'string' } },
      $ref: '#/definitions/s',
      type: 'number',
    }
    assert.equal((await checks.check(beside, 'x')).isValid, true)
  })

  test('says of a schema what is wrong with it', async () => {
    assert.match((await checks.problemOf({ type: 'nothing' })) ?? '', /type/)
    assert.match((await checks.problemOf({ $ref: '#/nowhere' })) ?? '', /nowhere/)
    assert.match((await checks.problemOf({ $ref: 'https://example.com/schema' })) ?? '', /only references within/)
    assert.match((await checks.problemOf({ pattern: '(' })) ?? '', /./)
    assert.equal(await checks.problemOf(invoice), undefined)
  })

  for (const [what, schema, value] of hostile) {
    test(`comes to a verdict on ${what} in time, without holding up anybody`, async () => {
      await checks.check(invoice, { total: 1 })
      const delay = monitorEventLoopDelay({ resolution: 5 })
      delay.enable()
      const began = performance.now()
      const verdict = await checks.check(schema, value)
      const ms = performance.now() - began
      delay.disable()
      assert.ok(verdict.isValid !== undefined || verdict.problem.length > 5, what)
      // Twice what is allowed, as other tests run on the same cores.
      assert.ok(ms < 1_400, `${ms} ms`)
      assert.ok(delay.max / 1e6 < 300, `${delay.max / 1e6} ms`)
      assert.deepEqual(await checks.check(invoice, { total: 1 }), { isValid: true })
    })
  }

  test('ends what takes too long, and goes on with the rest', async () => {
    const own = createSchemaChecks({ validateMs: 50 })
    const slow = { uniqueItems: true, items: { type: 'object' } }
    const many = Array.from({ length: 30_000 }, (_, index) => ({ index: [index, index] }))
    await own.check(invoice, { total: 1 })
    const [first, second] = await Promise.all([own.check(slow, many), own.check(invoice, { total: 2 })])
    assert.ok(first.isValid === undefined, JSON.stringify(first))
    assert.match(first.problem, /longer than 50 ms/)
    assert.deepEqual(second, { isValid: true })
    await own.close()
  })

  test('never fetches anything', async () => {
    let asked = 0
    const server = createServer((_, response) => {
      asked++
      response.end('{}')
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    for (const reference of [`http://127.0.0.1:${port}/s.json`, `//127.0.0.1:${port}/s`]) {
      await checks.check({ $ref: reference }, {})
      await checks.check({ $schema: reference, $id: reference, type: 'object' }, {})
      await checks.check({ properties: { a: { $ref: reference } } }, { a: 1 })
    }
    assert.equal(asked, 0)
    server.close()
  })

  test('answers while it is closed', async () => {
    const own = createSchemaChecks()
    const coming = own.check(invoice, { total: 1 })
    await own.close()
    await coming
  })
})

import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import * as z from 'zod'
import { createGateway, GatewayError, type LibraryGateway } from '../index.ts'
import { type FakeUpstream, openaiText, type ReceivedRequest, startFakeUpstream } from '../testing/index.ts'

const Invoice = z.object({
  total: z.number().min(0),
  currency: z.enum(['EUR', 'USD']),
  due: z.iso.date().transform((text) => new Date(text)),
})

const good = { total: 12.5, currency: 'EUR', due: '2026-12-01' }

const sent = ({ body }: ReceivedRequest) =>
  JSON.parse(body) as {
    messages: { role: string; content: string }[]
    response_format: { json_schema: { name: string; schema: { required: string[] } } }
  }

describe('a value from a model', () => {
  let upstream: FakeUpstream
  let gateway: LibraryGateway
  before(async () => {
    upstream = await startFakeUpstream()
    gateway = await createGateway({
      discover: false,
      providers: { up: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1`, apiKey: 'sk-upstream' } },
      models: { chat: 'up/one' },
      prices: { 'up/*': { input: 1, output: 2 } },
    })
  })
  afterEach(() => upstream.always({ status: 500 }))
  after(async () => {
    await gateway.close()
    await upstream.close()
  })

  test('is what its schema makes of it, with the types of the schema', async () => {
    upstream.script(openaiText(JSON.stringify(good)))
    const invoice = await gateway.object({
      model: 'chat',
      schema: Invoice,
      prompt: 'What does it cost?',
      name: 'invoice',
    })
    const due: Date = invoice.due
    assert.deepEqual([invoice.total, invoice.currency, due.getFullYear()], [12.5, 'EUR', 2026])
    const { response_format, messages } = sent(upstream.journal.at(-1) as ReceivedRequest)
    assert.equal(response_format.json_schema.name, 'invoice')
    assert.deepEqual(response_format.json_schema.schema.required, ['total', 'currency', 'due'])
    assert.deepEqual(messages, [{ role: 'user', content: 'What does it cost?' }])
  })

  test('may be asked for by a JSON Schema', async () => {
    upstream.script(openaiText('Here: {"a": 1}'))
    const value = await gateway.object<{ a: number }>({
      model: 'chat',
      schema: { type: 'object', required: ['a'] },
      prompt: '?',
    })
    assert.deepEqual(value, { a: 1 })
  })

  test('is asked for again with what the program demands of it', async () => {
    const before = upstream.journal.length
    upstream.script(openaiText(JSON.stringify(good)), openaiText(JSON.stringify({ ...good, total: 20 })))
    const result = await gateway.tryObject({
      model: 'chat',
      schema: Invoice,
      messages: [{ role: 'user', content: 'What does it cost?' }],
      validate: ({ total }) => (total < 20 ? 'the total must be at least 20' : undefined),
    })
    assert.ok(result.success)
    assert.equal(result.data.total, 20)
    assert.equal(result.attempts, 2)
    assert.match(result.costUsd ?? '', /^0\.0000/)
    assert.equal(upstream.journal.length, before + 2)
    assert.match(sent(upstream.journal.at(-1) as ReceivedRequest).messages[2]?.content ?? '', /at least 20/)
  })

  test('is the fallback when no model gave one, and else an error', async () => {
    upstream.always(openaiText('I do not know.'))
    const none = { total: 0, currency: 'EUR' as const, due: new Date(0) }
    const fallback = await gateway.object({ model: 'chat', schema: Invoice, prompt: '?', fallback: none })
    assert.equal(fallback.total, 0)
    await assert.rejects(gateway.object({ model: 'chat', schema: Invoice, prompt: '?' }), (thrown) => {
      assert.ok(thrown instanceof GatewayError)
      assert.equal(thrown.code, 'output_invalid')
      return true
    })
    const result = await gateway.tryObject({ model: 'chat', schema: Invoice, prompt: '?', attempts: 1 })
    assert.ok(!result.success && result.error.code === 'output_invalid')
    assert.equal(result.attempts, 1)
    assert.match(result.costUsd ?? '', /^0\.0000/)
  })

  test('grows while it comes', async () => {
    upstream.script(openaiText('{ "total": 12.5, "currency": "EUR", "due": "2026-12-01" }', { stream: true }))
    const grown: unknown[] = []
    for await (const part of gateway.streamObject({ model: 'chat', schema: Invoice, prompt: '?' })) grown.push(part)
    assert.ok(grown.length > 3)
    assert.ok(grown.some((part) => JSON.stringify(part) === '{"total":12.5}'))
    const last = grown.at(-1) as z.output<typeof Invoice>
    assert.ok(last.due instanceof Date)
  })

  test('is not asked for with half a question, or a schema that no model can read', async () => {
    await assert.rejects(gateway.object({ model: 'chat', schema: Invoice }), /prompt/)
    await assert.rejects(gateway.object({ model: 'chat', schema: Invoice, prompt: '?', messages: [] }), /prompt/)
    await assert.rejects(gateway.object({ model: 'chat', schema: Invoice, prompt: '?', attempts: 9 }), /attempts/)
    const bare = { '~standard': { version: 1, vendor: 'own', validate: (value: unknown) => ({ value }) } } as const
    await assert.rejects(
      gateway.object({ model: 'chat', schema: bare, prompt: '?' }),
      /own does not give a JSON Schema/,
    )
  })
})

describe('a value that is not good', () => {
  let upstream: FakeUpstream
  let gateway: LibraryGateway
  before(async () => {
    upstream = await startFakeUpstream()
    gateway = await createGateway({
      discover: false,
      providers: { up: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1`, apiKey: 'sk-upstream' } },
      models: { chat: 'up/one' },
    })
    upstream.always(openaiText('{"total": "much", "currency": "EUR", "due": "2026-12-01"}'))
  })
  after(async () => {
    await gateway.close()
    await upstream.close()
  })

  const none = { total: 0, currency: 'EUR' as const, due: new Date(0) }
  const wanted = { model: 'chat', schema: Invoice, prompt: 'What does it cost?' }

  test('is replaced at once where that is wished', async () => {
    const before = upstream.journal.length
    const value = await gateway.object({ ...wanted, onInvalid: 'default', fallback: none })
    assert.equal(value.total, 0)
    assert.equal(upstream.journal.length, before + 1)
    await assert.rejects(gateway.object({ ...wanted, onInvalid: 'default' }), /fallback/)
  })

  test('is told of to the program, with what is wrong, after the last time', async () => {
    const before = upstream.journal.length
    const told: string[] = []
    const value = await gateway.object({
      ...wanted,
      onInvalid: (issues) => {
        told.push(...issues.map(({ pointer }) => pointer))
        return none
      },
    })
    assert.equal(value, none)
    assert.deepEqual(told, ['/total'])
    assert.equal(upstream.journal.length, before + 2)
    const result = await gateway.tryObject(wanted)
    assert.ok(!result.success && result.attempts === 2)
  })
})

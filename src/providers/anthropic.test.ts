import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { anthropicRow, anthropicRows, createAnthropic } from './anthropic.ts'

describe('createAnthropic', () => {
  const provider = createAnthropic({ name: 'anthropic', apiKey: 'sk-ant-secret' })

  test('sends chats and counts to the usual address', () => {
    assert.equal(provider.url('m', 'chat', false), 'https://api.anthropic.com/v1/messages')
    assert.equal(provider.url('m', 'count_tokens', false), 'https://api.anthropic.com/v1/messages/count_tokens')
  })

  test('shows the key and names the version of the language', () => {
    assert.deepEqual(provider.headers(), { 'anthropic-version': '2023-06-01', 'x-api-key': 'sk-ant-secret' })
    assert.deepEqual(provider.secrets, ['sk-ant-secret'])
  })

  for (const row of anthropicRows.slice(1)) {
    test(`asks ${row.title} at its own address, with its own proof, for conversations alone`, () => {
      const other = createAnthropic({ name: 'other', kind: row.kind, apiKey: 'sk-other' })
      assert.equal(other.url('m', 'chat', true), `${row.baseUrl}/messages`)
      assert.equal(other.url('m', 'count_tokens', false), undefined)
      const shown = row.auth === 'bearer' ? 'Bearer sk-other' : undefined
      assert.equal((other.headers() as Record<string, string>).authorization, shown)
      assert.deepEqual(other.models, row.models)
      assert.ok(URL.canParse(row.source))
      assert.match(row.checked, /^20\d\d-\d\d-\d\d$/)
    })
  }

  test('refuses a kind that it does not know', () => {
    assert.throws(() => createAnthropic({ name: 'x', kind: 'nonesuch' }), RangeError)
  })

  test('speaks the Messages language and knows its models', () => {
    assert.equal(provider.wire.name, 'anthropic-messages')
    assert.deepEqual(provider.models, anthropicRow.models)
  })

  test('takes another address, other models and more headers', () => {
    const other = createAnthropic({
      name: 'x',
      baseUrl: 'http://127.0.0.1:9/v1/',
      headers: { 'Anthropic-Beta': 'output-300k-2026-03-24' },
      models: ['a'],
    })
    assert.equal(other.url('a', 'chat', false), 'http://127.0.0.1:9/v1/messages')
    assert.deepEqual(other.headers(), { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'output-300k-2026-03-24' })
    assert.deepEqual(other.secrets, [])
    assert.deepEqual(other.models, ['a'])
  })
})

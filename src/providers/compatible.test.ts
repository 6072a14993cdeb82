import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Request } from '../core/request.ts'
import type { Target } from '../core/target.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import { fillBlanks } from './blanks.ts'
import { compatibleRows, createCompatible } from './compatible.ts'

const rowOf = (kind: string) => {
  const row = compatibleRows.find((each) => each.kind === kind)
  assert.ok(row, kind)
  return row
}

const targetOf = (kind: string): Target => ({
  id: `${kind}/m`,
  provider: kind,
  model: 'm',
  weight: 1,
  quirks: rowOf(kind).quirks,
  facts: undefined,
})

const ask = (more: Partial<Request['chat']> = {}, stream = false): Request => ({
  operation: 'chat',
  wire: 'library',
  model: 'm',
  stream,
  wantsUsage: false,
  body: undefined,
  untranslatable: [],
  chat: { messages: [{ role: 'user', parts: [{ kind: 'text', text: 'Hello' }] }], tools: [], stop: [], ...more },
})

const written = (kind: string, more?: Partial<Request['chat']>, stream = false): Record<string, unknown> =>
  JSON.parse(openaiChat.writeRequest(ask(more, stream), targetOf(kind))) as Record<string, unknown>

describe('compatibleRows', () => {
  test('names each kind once', () => {
    const kinds = compatibleRows.map(({ kind }) => kind)
    assert.equal(new Set(kinds).size, kinds.length)
  })

  for (const row of compatibleRows) {
    test(`has a usable address, source and date for ${row.title}`, () => {
      assert.match(row.kind, /^[a-z][a-z0-9-]*$/)
      const baseUrl = fillBlanks(row.baseUrl, row.blanks, { account: 'mine', region: 'here' })
      if (baseUrl !== undefined) {
        const url = new URL(baseUrl)
        assert.doesNotMatch(baseUrl, /[{}]/)
        assert.equal(url.protocol, url.hostname === '127.0.0.1' ? 'http:' : 'https:')
        assert.ok(!baseUrl.endsWith('/'))
      }
      assert.ok(URL.canParse(row.source))
      assert.match(row.checked, /^20\d\d-\d\d-\d\d$/)
      assert.ok(row.auth === 'optional' || row.environmentKeys.length > 0)
      assert.equal(new Set(row.models).size, row.models.length)
      for (const name of row.environmentKeys) assert.match(name, /^[A-Z][A-Z0-9_]*_(API)?KEY$|^[A-Z][A-Z0-9_]*_TOKEN$/)
    })

    test(`writes a plain question for ${row.title}`, () => {
      const body = written(row.kind, { maxOutput: 10 }, true)
      assert.equal(body.model, 'm')
      assert.equal(body[row.quirks.maxOutputField ?? 'max_completion_tokens'], 10)
      assert.equal(body.stream_options !== undefined, row.quirks.streamUsage !== false)
    })
  }

  for (const [kind, chat, field] of [
    ['groq', { logProbs: { top: 0 } }, 'logprobs'],
    ['groq', { logitBias: { 1: 2 } }, 'logit_bias'],
    ['mistral', { seed: 1 }, 'seed'],
    ['deepseek', { format: { kind: 'schema', name: 'a', schema: {} } }, 'response_format.json_schema'],
    ['xai', { presencePenalty: 1 }, 'presence_penalty'],
    ['gemini-openai', { frequencyPenalty: 1 }, 'frequency_penalty'],
  ] as const) {
    test(`lets a question with ${field} go elsewhere than to ${kind}`, () => {
      assert.throws(
        () => written(kind, chat),
        (error: { details?: { outcome?: string; param?: string } }) =>
          error.details?.outcome === 'incapable' && error.details.param === field,
      )
    })
  }

  test('sends instructions of a developer as system messages where the role is unknown', () => {
    const messages = [{ role: 'developer', parts: [{ kind: 'text', text: 'Be brief.' }] }] as const
    const roles = ({ messages: all }: Record<string, unknown>) => (all as { role: string }[]).map(({ role }) => role)
    assert.deepEqual(roles(written('mistral', { messages })), ['system'])
    assert.deepEqual(roles(written('openai', { messages })), ['developer'])
  })

  test('asks each provider for thinking in its own way', () => {
    const reasoning = { mode: 'on', effort: 'high' } as const
    assert.equal(written('openai', { reasoning }).reasoning_effort, 'high')
    assert.deepEqual(written('deepseek', { reasoning }).thinking, { type: 'enabled' })
    assert.deepEqual(written('openrouter', { reasoning }).reasoning, { effort: 'high', enabled: true })
  })
})

describe('createCompatible', () => {
  test('sends chats to the usual address with the key as a bearer token', () => {
    const provider = createCompatible({ name: 'mine', kind: 'groq', apiKey: 'gsk_secret' })
    assert.equal(provider.name, 'mine')
    assert.equal(provider.url('m', 'chat', false), 'https://api.groq.com/openai/v1/chat/completions')
    assert.deepEqual(provider.headers(), { authorization: 'Bearer gsk_secret' })
    assert.deepEqual(provider.secrets, ['gsk_secret'])
    assert.deepEqual(provider.models, rowOf('groq').models)
  })

  test('offers no counting of tokens', () => {
    assert.equal(
      createCompatible({ name: 'o', kind: 'openai', apiKey: 'k' }).url('m', 'count_tokens', false),
      undefined,
    )
  })

  test('takes another address, other models and other headers', () => {
    const provider = createCompatible({
      name: 'local',
      kind: 'openai-compatible',
      baseUrl: 'http://127.0.0.1:9/v1/',
      headers: { 'X-Team': 'shop', 'X-Api-Key': 'hush-hush' },
      models: ['a'],
    })
    assert.equal(provider.url('m', 'chat', false), 'http://127.0.0.1:9/v1/chat/completions')
    assert.deepEqual(provider.headers(), { 'x-team': 'shop', 'x-api-key': 'hush-hush' })
    assert.deepEqual(provider.secrets, ['hush-hush'])
    assert.deepEqual(provider.models, ['a'])
  })

  test('lets a given header win over the key', () => {
    const provider = createCompatible({
      name: 'o',
      kind: 'openai',
      apiKey: 'k',
      headers: { Authorization: 'Basic dXNlcg' },
    })
    assert.deepEqual(provider.headers(), { authorization: 'Basic dXNlcg' })
    assert.deepEqual(provider.secrets, ['dXNlcg'])
  })

  test('serves the models of its row where none are named', () => {
    assert.deepEqual(createCompatible({ name: 'o', kind: 'deepseek', models: [] }).models, rowOf('deepseek').models)
  })

  test('sends no proof where there is no key', () => {
    assert.deepEqual(createCompatible({ name: 'ollama', kind: 'ollama' }).headers(), {})
  })

  test('refuses a kind it does not know and one whose address nobody gave', () => {
    assert.throws(() => createCompatible({ name: 'x', kind: 'nonesuch' }), RangeError)
    assert.throws(() => createCompatible({ name: 'x', kind: 'openai-compatible' }), RangeError)
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { callOf } from '../testing/sample-calls.ts'
import type { Call, Caller } from './call.ts'
import { type FingerprintOptions, identityOf, likenessOf } from './fingerprint.ts'
import type { Chat, Format, Message, Part, Request } from './request.ts'

const options: FingerprintOptions = {
  secret: Buffer.alloc(32, 7),
  scope: 'team',
  route: { name: 'chat', identity: 'targets', readsCaller: false },
  normalize: false,
}

const text = (words: string): Part => ({ kind: 'text', text: words })
const message = (role: Message['role'], ...parts: Part[]): Message => ({ role, parts })

const earlier: readonly Message[] = [
  message('system', text('Be brief.')),
  message('user', text('Who are you?')),
  message('assistant', text('A model.')),
]

const asked = (words: string, chat: Partial<Chat> = {}, caller?: Caller): Call =>
  callOf({ caller, chat: { messages: [...earlier, message('user', text(words))], temperature: 0, ...chat } })

const frameOf = (call: Call, more: Partial<FingerprintOptions> = {}): string => {
  const likeness = likenessOf(call, { ...options, ...more })
  assert.ok(likeness)
  return likeness.frame
}

const withRequest = (more: Partial<Request>): Call => {
  const call = asked('What is this?')
  return { ...call, request: { ...call.request, ...more } }
}

describe('the frame of a question', () => {
  test('is the same whatever the last words are, which are given as they are', () => {
    assert.deepEqual(likenessOf(asked('  What is  this? '), options)?.text, '  What is  this? ')
    assert.equal(frameOf(asked('What is this?')), frameOf(asked('What might this be?')))
  })

  test('is none of the keys of questions', () => {
    const call = asked('What is this?')
    assert.notEqual(frameOf(call), identityOf(call, options).key)
    const empty = callOf({ chat: { messages: [message('user')] } })
    const full = callOf({ chat: { messages: [message('user', text('x'))] } })
    assert.notEqual(frameOf(full), identityOf(empty, options).key)
  })

  test('is another one for whatever else differs', () => {
    const changed: Call[] = [
      asked('?'),
      asked('?', {}, { key: 'web', team: 'shop' }),
      asked('?', {}, { key: 'web', models: ['chat'] }),
      asked('?', { temperature: 1 }),
      asked('?', { maxOutput: 5 }),
      asked('?', { format: { kind: 'json' } }),
      asked('?', { messages: [...earlier.slice(1), message('user', text('?'))] }),
      asked('?', {
        messages: [message('system', text('Be  brief.')), ...earlier.slice(1), message('user', text('?'))],
      }),
      asked('?', { messages: [...earlier, { ...message('user', text('?')), name: 'ada' }] }),
      asked('?', { messages: [...earlier, message('user', text('And?')), message('user', text('?'))] }),
      { ...asked('?'), noFallback: true },
      { ...asked('?'), providerKey: { provider: 'openai', key: 'sk' } },
      withRequest({ headers: { 'anthropic-beta': 'one' } }),
    ]
    // Earlier words are to the letter, also where last words are not.
    for (const normalize of [false, true]) {
      const frames = changed.map((call) => frameOf(call, { normalize }))
      assert.equal(new Set(frames).size, frames.length)
    }
    const { route } = options
    const others = [
      {},
      { scope: 'gateway' as const },
      { route: { ...route, identity: 'other' } },
      { secret: Buffer.alloc(9) },
    ]
    assert.equal(new Set(others.map((more) => frameOf(asked('?'), more))).size, others.length)
  })

  test('knows thinking and refusals of earlier turns to the letter', () => {
    const after = (part: Part): Call =>
      asked('?', { messages: [message('assistant', part), message('user', text('?'))] })
    const frames = [
      frameOf(after({ kind: 'reasoning', text: 'Hm', origin: 'openai-chat' })),
      frameOf(after({ kind: 'reasoning', text: 'Hm', origin: 'gemini' })),
      frameOf(after({ kind: 'refusal', text: 'Hm' })),
      frameOf(after(text('Hm'))),
    ]
    assert.equal(new Set(frames).size, frames.length)
  })
})

describe('a question is never compared', () => {
  const never = (name: string, call: Call): void => {
    test(name, () => assert.equal(likenessOf(call, options), undefined))
  }
  const source = { kind: 'data', data: 'AAAA', mediaType: 'image/png' } as const
  const attached: Part[] = [
    { kind: 'image', source },
    { kind: 'file', source },
    { kind: 'audio', source },
    { kind: 'opaque', wire: 'gemini', value: {} },
    { kind: 'tool_call', id: '1', name: 'find', arguments: '{}' },
    { kind: 'tool_result', id: '1', parts: [text('found')] },
  ]
  for (const part of attached) {
    const beside = [message('user', text('?'), part)]
    never(`with a part of kind ${part.kind} beside its words`, asked('?', { messages: beside }))
    const before = [message('assistant', part), message('user', text('?'))]
    never(`with a part of kind ${part.kind} in an earlier turn`, asked('?', { messages: before }))
  }

  never('with tools', asked('?', { tools: [{ name: 'find' }] }))
  never('with a choice of tools', asked('?', { toolChoice: { kind: 'auto' } }))
  never('with several choices', asked('?', { choices: 2 }))
  never('with log-probabilities', asked('?', { logProbs: { top: 0 } }))
  never('with sound in its answer', asked('?', { modalities: ['text', 'audio'] }))
  never('that is to be kept by the provider', asked('?', { store: true }))
  never('with a voice for its answer', asked('?', { audio: { voice: 'alloy' } }))
  never('with a text of a tool', asked('?', { messages: [message('tool', text('x')), message('user', text('?'))] }))
  never('without messages', asked('?', { messages: [] }))
  never('that ends with an answer', asked('?', { messages: [message('assistant', text('?'))] }))
  never('that ends with instructions', asked('?', { messages: [message('system', text('?'))] }))
  never('with two texts at its end', asked('?', { messages: [message('user', text('a'), text('b'))] }))
  never('without words', asked(' \n'))
  never('with words of its language alone', withRequest({ untranslatable: ['verbosity'] }))
  never('with more in its body than neutral words hold', withRequest({ body: {}, saysMore: () => true }))
  never('that only counts tokens', withRequest({ operation: 'count_tokens' }))
  never('for vectors', withRequest({ operation: 'embed', embed: { inputs: [] } }))

  const schema = (inner: object): Format => ({ kind: 'schema', name: 'n', schema: inner as never })
  never('with a schema that refers elsewhere', asked('?', { format: schema({ $ref: 'https://example.com/a' }) }))
  never('with an unusual schema inside', asked('?', { format: schema({ properties: { a: { not: {} } } }) }))

  never('with an unusual schema of entries', asked('?', { format: schema({ items: { contains: {} } }) }))
  never('with an unusual schema of others', asked('?', { format: schema({ anyOf: [{ $dynamicRef: '#a' }] }) }))

  test('but with one choice, text to answer in, and a usual schema', () => {
    const usual = schema({
      type: 'object',
      properties: { a: { type: 'array', items: { enum: [1] } } },
      required: ['a'],
    })
    for (const chat of [{ choices: 1 }, { modalities: ['text'] as const }, { store: false }, { format: usual }])
      assert.ok(likenessOf(asked('?', chat), options), JSON.stringify(chat))
  })
})

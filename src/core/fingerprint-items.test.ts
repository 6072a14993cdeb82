import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { callOf } from '../testing/sample-calls.ts'
import type { Call, Caller } from './call.ts'
import type { Embed, EmbedInput } from './embed.ts'
import { type FingerprintOptions, identityOf, itemKeysOf } from './fingerprint.ts'
import { noChat, type Request } from './request.ts'

const options: FingerprintOptions = {
  secret: Buffer.alloc(32, 7),
  scope: 'team',
  route: { name: 'vectors', identity: 'targets', readsCaller: false },
  normalize: false,
}

const text = (words: string): EmbedInput => ({ kind: 'text', text: words })
const tokens = (...list: number[]): EmbedInput => ({ kind: 'tokens', tokens: list })

const asked = (embed: Embed, request: Partial<Request> = {}, caller?: Caller): Call => {
  const call = callOf({ caller })
  return { ...call, request: { ...call.request, operation: 'embed', chat: noChat, embed, ...request } }
}

const keysOf = (call: Call, more: Partial<FingerprintOptions> = {}): readonly string[] => {
  const keys = itemKeysOf(call, { ...options, ...more })
  assert.ok(keys)
  return keys
}

describe('the keys of what is to become vectors', () => {
  test('are one for each, in order, whatever stands beside it', () => {
    const [a, b] = keysOf(asked({ inputs: [text('a'), text('b')] }))
    assert.deepEqual(keysOf(asked({ inputs: [text('b'), text('c'), text('a'), text('a')] })), [
      b,
      keysOf(asked({ inputs: [text('c')] }))[0],
      a,
      a,
    ])
    assert.deepEqual(keysOf(asked({ inputs: [] })), [])
  })

  test('tell texts, tokens and their borders apart', () => {
    const inputs = [
      text('1'),
      tokens(1),
      text('[1]'),
      tokens(1, 2),
      tokens(12),
      text('12'),
      text(''),
      tokens(),
      text('1,2'),
    ]
    assert.equal(new Set(keysOf(asked({ inputs }))).size, inputs.length)
  })

  test('do not depend on how vectors are written, nor on who the end user is', () => {
    const inputs = [text('a')]
    const known = keysOf(asked({ inputs }))
    assert.deepEqual(keysOf(asked({ inputs, encoding: 'base64' })), known)
    assert.deepEqual(keysOf(asked({ inputs, encoding: 'float' })), known)
    assert.deepEqual(keysOf(asked({ inputs }, { chat: { ...noChat, user: 'ada' } })), known)
    assert.deepEqual(keysOf(asked({ inputs }, { wire: 'gemini-embed-content', stream: true })), known)
  })

  test('depend on everything else, and on whose they are', () => {
    const inputs = [text('a')]
    const { route } = options
    const all = [
      keysOf(asked({ inputs })),
      keysOf(asked({ inputs, dimensions: 8 })),
      keysOf(asked({ inputs, task: 'RETRIEVAL_QUERY' })),
      keysOf(asked({ inputs, title: 'RETRIEVAL_QUERY' })),
      keysOf(asked({ inputs }, { headers: { 'x-version': '1' } })),
      keysOf(asked({ inputs }, {}, { key: 'other' })),
      keysOf({ ...asked({ inputs }), providerKey: { provider: 'openai', key: 'sk' } }),
      keysOf(asked({ inputs }), { route: { ...route, identity: 'other' } }),
      keysOf(asked({ inputs }), { scope: 'gateway' }),
      keysOf(asked({ inputs }), { secret: Buffer.alloc(32, 8) }),
    ].flat()
    assert.equal(new Set(all).size, all.length)
  })

  test('are none of the keys of whole questions', () => {
    const call = asked({ inputs: [text('a')] })
    assert.notEqual(keysOf(call)[0], identityOf(call, options).key)
    assert.notEqual(
      identityOf(call, options).key,
      identityOf(asked({ inputs: [text('a')], encoding: 'base64' }), options).key,
    )
  })

  test('are the same for the same words with other white space only where that is asked for', () => {
    const call = asked({ inputs: [text('what is  this'), text('what is this')] })
    assert.equal(new Set(keysOf(call)).size, 2)
    assert.equal(new Set(keysOf(call, { normalize: true })).size, 1)
  })

  test('are not known where something is asked that only its language can say', () => {
    const embed: Embed = { inputs: [text('a')] }
    assert.equal(itemKeysOf(asked(embed, { untranslatable: ['late_chunking'] }), options), undefined)
    assert.equal(itemKeysOf(asked(embed, { body: {}, saysMore: () => true }), options), undefined)
    assert.equal(itemKeysOf(asked(embed, { operation: 'chat' }), options), undefined)
    assert.equal(itemKeysOf(asked(embed, { embed: undefined }), options), undefined)
  })
})

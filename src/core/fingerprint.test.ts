import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { describe, test } from 'node:test'
import { assert as check, constantFrom, option, property, record, string } from 'fast-check'
import { callOf } from '../testing/sample-calls.ts'
import type { Call, Caller } from './call.ts'
import { GatewayError } from './errors.ts'
import { cacheScopeOf, type FingerprintOptions, identityOf } from './fingerprint.ts'
import type { ScopeWidth } from './identity.ts'
import type { JsonObject } from './json.ts'
import type { Raw } from './raw.ts'
import type { Part } from './request.ts'

const usual: FingerprintOptions = {
  secret: Buffer.alloc(32, 7),
  scope: 'team',
  route: { name: 'chat', identity: 'targets', readsCaller: false },
  normalize: false,
}

const keyOf = (call: Call, options: Partial<FingerprintOptions> = {}): string =>
  identityOf(call, { ...usual, ...options }).key

const said = (...parts: Part[]): Call => callOf({ chat: { messages: [{ role: 'user', parts }] } })
const text = (words: string): Part => ({ kind: 'text', text: words })

const widths: readonly ScopeWidth[] = ['key', 'team', 'org', 'gateway']

describe('who shares answers', () => {
  const web: Caller = { key: 'web', team: 'shop', org: 'acme' }

  test('is as wide as it is asked for', () => {
    assert.deepEqual(
      widths.map((width) => cacheScopeOf(web, width)),
      ['key:acme/shop/web', 'team:acme/shop', 'org:acme', 'gateway:*'],
    )
  })

  test('is what is next inwards, where that is not there', () => {
    assert.equal(cacheScopeOf({ key: 'web' }, 'team'), 'key:web')
    assert.equal(cacheScopeOf({ key: 'web', org: 'acme' }, 'team'), 'key:acme//web')
    assert.equal(cacheScopeOf({ key: 'web', team: 'shop' }, 'org'), 'team:shop')
    assert.equal(cacheScopeOf({ key: 'web', team: '', org: '' }, 'org'), 'key:web')
    assert.equal(cacheScopeOf({ key: 'web' }, 'org'), 'key:web')
  })

  test('is nobody for a caller without a name or a width that is not known', () => {
    const internal = (error: unknown): boolean => error instanceof GatewayError && error.code === 'internal'
    for (const width of widths) assert.throws(() => cacheScopeOf({ key: '', team: 'shop' }, width), internal)
    for (const width of ['', 'teams', undefined]) assert.throws(() => cacheScopeOf(web, width as ScopeWidth), internal)
    assert.throws(() => identityOf({ ...callOf(), caller: { key: '' } }, usual), internal)
  })

  test('is not one team where two orgs have a team of one name, nor one key where it asks for two teams', () => {
    const scopes = [
      cacheScopeOf({ key: 'library', team: 'a' }, 'key'),
      cacheScopeOf({ key: 'library', team: 'b' }, 'key'),
      cacheScopeOf({ key: 'library' }, 'key'),
      cacheScopeOf({ key: 'one', team: 'shop', org: 'acme' }, 'team'),
      cacheScopeOf({ key: 'two', team: 'shop', org: 'zen' }, 'team'),
      cacheScopeOf({ key: 'two', team: 'shop' }, 'team'),
    ]
    assert.equal(new Set(scopes).size, scopes.length)
  })

  test('is one text for two callers only if they are the same in all that is as wide or wider', () => {
    const name = option(
      string({ unit: constantFrom('a', '/', '%', ':', '2', 'F', '*', '\u0000', ' '), maxLength: 4 }),
      {
        nil: undefined,
      },
    )
    const caller = record({
      key: string({ unit: constantFrom('a', '/', '%'), minLength: 1, maxLength: 3 }),
      team: name,
      org: name,
    })
    const whole = ({ key, team, org }: Caller): string => JSON.stringify([org || '', team || '', key])
    const shared = (one: Caller, width: ScopeWidth): string => {
      if (width === 'gateway') return 'all'
      if (width === 'org' && one.org) return JSON.stringify(['org', one.org])
      if ((width === 'org' || width === 'team') && one.team) return JSON.stringify(['team', one.org || '', one.team])
      return `key ${whole(one)}`
    }
    const width = constantFrom(...widths)
    check(
      property(caller, width, caller, width, (one, wide, other, asWide) => {
        const same = shared(one, wide) === shared(other, asWide)
        assert.equal(cacheScopeOf(one, wide) === cacheScopeOf(other, asWide), same)
      }),
      { numRuns: 20_000 },
    )
  })
})

describe('the identity of a question', () => {
  test('says whose it is and of which model, and nothing of what was asked', () => {
    const { scope, model, key } = identityOf(said(text('my secret')), usual)
    assert.equal(scope, 'key:web')
    assert.equal(model, 'chat')
    assert.match(key, /^[\w-]{43}$/)
  })

  test('depends on the secret', () => {
    assert.notEqual(keyOf(callOf()), keyOf(callOf(), { secret: Buffer.alloc(32, 8) }))
  })

  test('is that of another caller of the same team, and of nobody else', () => {
    const asked = (caller: Caller): string => keyOf(callOf({ caller }))
    assert.equal(asked({ key: 'one', team: 'shop' }), asked({ key: 'two', team: 'shop', endUser: 'ada' }))
    assert.notEqual(asked({ key: 'one', team: 'shop' }), asked({ key: 'one', team: 'home' }))
    assert.notEqual(asked({ key: 'one' }), asked({ key: 'two' }))
  })

  test('is the same for models in any order, and another for none than for no limit', () => {
    const asked = (models: readonly string[] | undefined): string => keyOf(callOf({ caller: { key: 'web', models } }))
    assert.equal(asked(['a', 'b']), asked(['b', 'a', 'b']))
    assert.equal(new Set([asked(undefined), asked([]), asked(['a']), asked(['a,b']), asked(['a', 'b'])]).size, 5)
  })

  test('is another one in another order of messages, parts and stops, and not in another order of fields', () => {
    assert.notEqual(keyOf(said(text('a'), text('b'))), keyOf(said(text('b'), text('a'))))
    assert.notEqual(keyOf(said(text('a'), text('b'))), keyOf(said(text('ab'))))
    assert.notEqual(keyOf(callOf({ chat: { stop: ['a', 'b'] } })), keyOf(callOf({ chat: { stop: ['b', 'a'] } })))
    const { chat } = callOf({ chat: { seed: 1, topK: 2, logitBias: { a: 1, b: 2 } } }).request
    const turned = Object.fromEntries(Object.entries({ ...chat, logitBias: { b: 2, a: 1 } }).reverse())
    assert.equal(keyOf(callOf({ chat })), keyOf(callOf({ chat: turned })))
  })

  test('is another one in another order of the properties of a schema, which models keep', () => {
    const schema = (...names: string[]): JsonObject => ({
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
    })
    const tool = (...names: string[]): string =>
      keyOf(callOf({ chat: { tools: [{ name: 'find', parameters: schema(...names) }] } }))
    const format = (...names: string[]): string =>
      keyOf(callOf({ chat: { format: { kind: 'schema', name: 'n', schema: schema(...names) } } }))
    for (const asked of [tool, format]) {
      assert.notEqual(asked('why', 'answer'), asked('answer', 'why'))
      assert.equal(asked('why', 'answer'), asked('why', 'answer'))
    }
  })

  test('is another one for attachments that differ in one of millions of characters', () => {
    const image = (data: string): Call =>
      said({ kind: 'image', source: { kind: 'data', data, mediaType: 'image/png' } })
    const data = 'A'.repeat(3_000_000)
    assert.equal(keyOf(image(data)), keyOf(image('A'.repeat(3_000_000))))
    assert.notEqual(keyOf(image(`${data}B`)), keyOf(image(`${data}C`)))
  })

  test('is another one for halves of characters', () => {
    assert.notEqual(keyOf(said(text('\ud800'))), keyOf(said(text('\ud801'))))
    assert.notEqual(keyOf(said(text('\ud800'))), keyOf(said(text('\ufffd'))))
  })

  test('is another one for numbers than for texts, and for nought than for nothing', () => {
    const asked = (temperature: unknown): string => keyOf(callOf({ chat: { temperature: temperature as number } }))
    const all = [0, '0', undefined, null, false, 1, '1', 0.1].map(asked)
    assert.equal(new Set(all).size, all.length)
    assert.equal(asked(undefined), keyOf(callOf()))
  })

  test('is that of the same words with other white space only where that is asked for', () => {
    const [one, other] = [said(text('What is  this?')), said(text('What is this?'))]
    assert.notEqual(keyOf(one), keyOf(other))
    assert.equal(keyOf(one, { normalize: true }), keyOf(other, { normalize: true }))
    const wish = (words: string): Call => callOf({ chat: { stop: [words] } })
    assert.notEqual(keyOf(wish('a  b'), { normalize: true }), keyOf(wish('a b'), { normalize: true }))
  })

  test('compares the arguments of tools as JSON, and what custom tools are told to the letter', () => {
    const called = (words: string, custom?: boolean): string =>
      keyOf(said({ kind: 'tool_call', id: '1', name: 'find', arguments: words, custom }), { normalize: true })
    assert.equal(called('{"a":1,"b":2}'), called('{ "b": 2, "a": 1 }'))
    assert.notEqual(called('{"a":1,"b":2}', true), called('{ "b": 2, "a": 1 }', true))
  })
})

describe('the language of a question', () => {
  const opaque: Part = { kind: 'opaque', wire: 'gemini', value: {} }
  const asked = (call: Call): readonly string[] =>
    ['openai-chat', 'gemini'].map((wire) => keyOf({ ...call, request: { ...call.request, wire, body: { a: wire } } }))

  test('does not count where it says nothing of its own', () => {
    const [one, other] = asked(callOf())
    assert.equal(one, other)
  })

  test('counts with tools that a provider runs, with parts that nobody else knows, and with what is not read', () => {
    const raw: Raw = { method: 'POST', path: '', headers: {}, body: undefined, replaySafe: true }
    const call = callOf()
    for (const each of [
      callOf({ chat: { tools: [{ name: 'search', hosted: { wire: 'gemini', value: {} } }] } }),
      said(opaque),
      said({ kind: 'tool_result', id: '1', parts: [opaque] }),
      { ...call, request: { ...call.request, raw } },
      { ...call, request: { ...call.request, untranslatable: ['verbosity'] } },
      { ...call, request: { ...call.request, saysMore: () => true } },
    ]) {
      const [one, other] = asked(each)
      assert.notEqual(one, other)
    }
  })

  test('counts with all of its body, whatever its fields are called', () => {
    const bodies = [
      '{}',
      '{"__proto__":1}',
      '{"__proto__":2}',
      '{"constructor":1}',
      '{"a":null}',
      '{"a":{"user":"ada"}}',
    ]
    const call = callOf()
    const keys = bodies.map((body) =>
      keyOf({ ...call, request: { ...call.request, untranslatable: ['a'], body: JSON.parse(body) } }),
    )
    assert.equal(new Set(keys).size, keys.length)
  })
})

describe('what is passed on without being read', () => {
  const raw: Raw = {
    method: 'POST',
    path: '',
    headers: { accept: 'audio/*' },
    body: Buffer.from('one'),
    replaySafe: true,
  }
  const passed = (more: Partial<Raw>, id = 'call'): string => {
    const call = callOf()
    return keyOf({ ...call, id, request: { ...call.request, operation: 'speech', raw: { ...raw, ...more } } })
  }

  test('is the same where all of it is', () => {
    assert.equal(passed({}), passed({ body: Buffer.from('one') }, 'other'))
    const all = [
      passed({}),
      passed({ method: 'GET' }),
      passed({ path: '/v1/x' }),
      passed({ headers: {} }),
      passed({ body: Buffer.from('two') }),
      passed({ body: undefined }),
    ]
    assert.equal(new Set(all).size, all.length)
  })

  test('is like no other where its body can be sent only once', () => {
    assert.notEqual(passed({ body: Readable.from(['one']) }, 'a'), passed({ body: Readable.from(['one']) }, 'b'))
  })
})

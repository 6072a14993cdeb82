import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { type Arbitrary, assert as check, property } from 'fast-check'
import {
  randomCall,
  randomEmbed,
  randomFormat,
  randomMessage,
  randomParts,
  randomTool,
} from '../testing/random-questions.ts'
import type { Call, Caller } from './call.ts'
import type { Embed } from './embed.ts'
import { type FingerprintOptions, identityOf } from './fingerprint.ts'
import type { Chat, Format, Message, Part, Request, Source, Tool } from './request.ts'

const usual: FingerprintOptions = {
  secret: Buffer.alloc(32, 7),
  scope: 'team',
  route: { name: 'chat', identity: 'targets', readsCaller: false },
  normalize: false,
}

const keyOf = (call: Call, options: Partial<FingerprintOptions> = {}): string =>
  identityOf(call, { ...usual, ...options }).key

/** Two values for each field, of which one at least is not what stands there; and whether it is part of a question. */
type Samples<Fields> = {
  readonly [Field in keyof Required<Fields>]: readonly [Fields[Field], Fields[Field], 'counts' | 'does not count']
}

const both = <Value>(one: Value, other: Value): readonly [Value, Value, 'counts'] => [one, other, 'counts']
const aside = <Value>(one: Value, other: Value): readonly [Value, Value, 'does not count'] => [
  one,
  other,
  'does not count',
]

const name = both('sample one', 'sample two')
const figure = both(41, 42)
const flag = both(true, false)
const mark = aside('short' as const, 'long' as const)
const data = both<Source>(
  { kind: 'data', data: 'AAAA', mediaType: 'image/png' },
  { kind: 'data', data: 'AAAA', mediaType: 'image/gif' },
)

const said = (text: string): Message => ({ role: 'user', parts: [{ kind: 'text', text }] })

const chat: Samples<Chat> = {
  messages: both([said('sample one')], [said('sample one'), said('sample one')]),
  tools: both<Chat['tools']>([{ name: 'one' }], [{ name: 'one' }, { name: 'two' }]),
  toolChoice: both({ kind: 'tool', name: 'one' }, { kind: 'allowed', mode: 'auto', names: ['one'] }),
  parallelTools: flag,
  format: both({ kind: 'json' }, { kind: 'schema', name: 'n', schema: { type: 'object' } }),
  maxOutput: figure,
  choices: figure,
  temperature: both(0.41, 0.42),
  topP: both(0.41, 0.42),
  topK: figure,
  seed: both(-41, 41),
  frequencyPenalty: both(-0.41, 0.41),
  presencePenalty: both(-0.41, 0.41),
  stop: both(['one'], ['one', 'two']),
  logitBias: both({ '41': 1 }, { '41': -1 }),
  logProbs: both({ top: 4 }, { top: 5 }),
  reasoning: both({ mode: 'on', budget: 41 }, { mode: 'on', budget: 42 }),
  serviceTier: name,
  store: flag,
  modalities: both<Chat['modalities']>(['image'], ['image', 'text']),
  audio: both({ voice: 'one' }, { voice: 'two' }),
  user: aside('sample one', 'sample two'),
  metadata: aside({ trace: 'one' }, { trace: 'two' }),
  cacheKey: aside('sample one', 'sample two'),
}

type PartSamples = { readonly [Kind in Part['kind']]: Omit<Samples<Extract<Part, { kind: Kind }>>, 'kind'> }

const parts: PartSamples = {
  text: { text: name, cache: mark },
  image: { source: data, detail: both('high', 'original'), cache: mark },
  file: { source: data, name, text: name, context: name, citations: flag, cache: mark },
  audio: { source: data, format: name, cache: mark },
  tool_call: { id: name, name, arguments: both('{"a":1}', '{"a":2}'), custom: flag, cache: mark },
  tool_result: {
    id: name,
    parts: both<readonly Part[]>([{ kind: 'text', text: 'one' }], [{ kind: 'refusal', text: 'one' }]),
    isError: flag,
    cache: mark,
  },
  reasoning: { text: name, signature: name, redacted: name, origin: name },
  refusal: { text: name },
  opaque: { wire: name, value: both({ type: 'one' }, { type: 'two' }) },
}

const tool: Samples<Tool> = {
  name,
  description: name,
  parameters: both({ type: 'object', properties: { a: {} } }, { type: 'object', properties: { b: {} } }),
  strict: flag,
  custom: both({ type: 'text' }, { type: 'grammar' }),
  hosted: both({ wire: 'gemini', value: { one: {} } }, { wire: 'gemini', value: { two: {} } }),
  cache: mark,
}

const schema: Omit<Samples<Extract<Format, { kind: 'schema' }>>, 'kind'> = {
  name,
  schema: both({ type: 'object', required: ['a'] }, { type: 'object', required: ['b'] }),
  description: name,
  strict: flag,
}

const message: Samples<Message> = {
  role: both('user', 'assistant'),
  name,
  parts: both<readonly Part[]>(
    [{ kind: 'text', text: 'one' }],
    [
      { kind: 'text', text: 'o' },
      { kind: 'text', text: 'ne' },
    ],
  ),
}

const embed: Samples<Embed> = {
  inputs: both<Embed['inputs']>([{ kind: 'text', text: '1' }], [{ kind: 'tokens', tokens: [1] }]),
  dimensions: figure,
  encoding: both('float', 'base64'),
  task: name,
  title: name,
  unsized: name,
}

const request: Omit<Samples<Request>, 'wire' | 'body' | 'saysMore' | 'raw'> = {
  operation: both('chat', 'count_tokens'),
  model: name,
  headers: both({ 'anthropic-beta': 'sample-1' }, { 'anthropic-beta': 'sample-2' }),
  chat: both({ messages: [], tools: [], stop: [] }, { messages: [], tools: [], stop: ['one'] }),
  embed: both({ inputs: [] }, { inputs: [], dimensions: 41 }),
  untranslatable: both(['sample'], ['sample', 'other']),
  outputCap: figure,
  stream: aside(true, false),
  wantsUsage: aside(true, false),
  foreignReasoning: aside(true, false),
}

const own: Omit<Samples<Pick<Request, 'wire' | 'body'>>, never> = {
  wire: name,
  body: both({ verbosity: 'low' }, { verbosity: 'high' }),
}

const plain = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)))

const otherThan = (now: unknown, [one, other]: readonly [unknown, unknown, ...unknown[]]): unknown =>
  isDeepStrictEqual(plain(now), plain(one)) ? other : one

/** Changes each field of a thing, one at a time, and looks at the key of the call that it is put into. */
const changeEach = <Thing extends object>(
  call: Call,
  thing: Thing,
  { samples, put }: { samples: object; put: (thing: Thing) => Call },
): void => {
  const before = keyOf(put(thing))
  for (const [field, sample] of Object.entries(samples)) {
    const changed = { ...thing, [field]: otherThan(thing[field as keyof Thing], sample) }
    const counts = sample[2] === 'counts'
    assert.equal(keyOf(put(changed)) !== before, counts, `${field} ${sample[2]}, in ${JSON.stringify(call.request)}`)
  }
}

const withRequest = (call: Call, more: Partial<Request>): Call => ({ ...call, request: { ...call.request, ...more } })
const withChat = (call: Call, more: Partial<Chat>): Call =>
  withRequest(call, { chat: { ...call.request.chat, ...more } })

const forAny = <Thing>(thing: Arbitrary<Thing>, look: (call: Call, thing: Thing) => void, numRuns = 300): void => {
  check(property(randomCall, thing, look), { numRuns })
}

describe('each change of a question makes it another one', () => {
  test('of a conversation and its settings', () => {
    forAny(randomCall, (call) =>
      changeEach(call, call.request.chat, { samples: chat, put: (changed) => withChat(call, changed) }),
    )
  })

  test('of a message', () => {
    forAny(randomMessage, (call, one) =>
      changeEach(call, one, {
        samples: message,
        put: (changed) => withChat(call, { messages: [...call.request.chat.messages, changed] }),
      }),
    )
  })

  for (const kind of Object.keys(parts) as Part['kind'][]) {
    test(`of a part of kind ${kind}, in a message and in a result of a tool`, () => {
      forAny(randomParts[kind] as Arbitrary<Part>, (call, part) => {
        const put = (inner: Part) => withChat(call, { messages: [{ role: 'user', parts: [inner] }] })
        changeEach(call, part, { samples: parts[kind], put })
        const inside = (inner: Part) => put({ kind: 'tool_result', id: '1', parts: [inner] })
        changeEach(call, part, { samples: parts[kind], put: inside })
      })
    })
  }

  test('of a tool', () => {
    forAny(randomTool, (call, one) =>
      changeEach(call, one, { samples: tool, put: (changed) => withChat(call, { tools: [changed] }) }),
    )
  })

  test('of a format', () => {
    forAny(randomFormat, (call, one) => {
      if (one.kind !== 'schema') return
      changeEach(call, one, { samples: schema, put: (changed) => withChat(call, { format: changed }) })
    })
  })

  test('of what is to be turned into vectors', () => {
    forAny(randomEmbed, (call, one) =>
      changeEach(call, one, { samples: embed, put: (changed) => withRequest(call, { embed: changed }) }),
    )
  })

  test('of a request', () => {
    forAny(randomCall, (call) =>
      changeEach(call, call.request, { samples: request, put: (changed) => withRequest(call, changed) }),
    )
  })

  test('of its language and its body, once it holds what only that language can say', () => {
    forAny(randomCall, (call) => {
      const put = (changed: Partial<Request>): Call => withRequest(call, { ...changed, untranslatable: ['verbosity'] })
      changeEach(call, { wire: call.request.wire, body: call.request.body }, { samples: own, put })
    })
  })
})

const caller: Samples<Caller> = {
  key: both('sample one', 'sample two'),
  org: name,
  team: name,
  user: name,
  endUser: name,
  tags: both({ sample: '1' }, { sample: '2' }),
  models: both(['sample'], ['sample', 'other']),
  session: aside('sample one', 'sample two'),
  doors: aside(['/v1/messages'], ['/v1/embeddings']),
  priority: aside('high', 'low'),
  weight: aside(1, 2),
  cache: aside('off', 'exact'),
}

const callFields: Pick<Samples<Call>, 'providerKey' | 'noFallback' | 'conforms'> = {
  providerKey: both({ provider: 'openai', key: 'sk-1' }, { provider: 'openai', key: 'sk-2' }),
  noFallback: flag,
  conforms: flag,
}

describe('who asks, and of which route', () => {
  const readsCaller = { ...usual.route, readsCaller: true }

  test('counts in everything that conditions can read, where there are any', () => {
    forAny(randomCall, (call) => {
      const before = keyOf(call, { scope: 'key', route: readsCaller })
      for (const [field, sample] of Object.entries(caller)) {
        const changed = { ...call.caller, [field]: otherThan(call.caller[field as keyof Caller], sample) }
        const key = keyOf({ ...call, caller: changed }, { scope: 'key', route: readsCaller })
        assert.equal(key !== before, sample[2] === 'counts', field)
      }
      for (const more of [{ stream: !call.request.stream }, { chat: { ...call.request.chat, metadata: { a: 'b' } } }])
        assert.notEqual(keyOf(withRequest(call, more), { scope: 'key', route: readsCaller }), before)
    })
  })

  test('counts only in who shares, and in the models that may be used, where nothing reads more', () => {
    forAny(randomCall, (call) => {
      const known = { ...call, caller: { ...call.caller, key: 'web', team: 'shop', org: undefined } }
      const before = keyOf(known)
      for (const [field, sample] of Object.entries(caller)) {
        const changed = { ...known.caller, [field]: otherThan(known.caller[field as keyof Caller], sample) }
        const counts = field === 'team' || field === 'org' || field === 'models'
        assert.equal(keyOf({ ...known, caller: changed }) !== before, counts, field)
      }
    })
  })

  test('counts in whose account pays, in doing without fallback, and in an answer held against its format', () => {
    forAny(randomCall, (call) => {
      const usualCall = { ...call, noFallback: false }
      changeEach(usualCall, usualCall, {
        samples: { ...callFields, conforms: both(true, true) },
        put: (changed) => changed,
      })
    })
  })

  test('counts in the route, its targets and how questions are compared', () => {
    forAny(randomCall, (call) => {
      const options: Partial<FingerprintOptions>[] = [
        {},
        { route: { ...usual.route, name: 'other' } },
        { route: { ...usual.route, identity: 'other' } },
        { route: readsCaller },
        { normalize: true },
        { scope: 'gateway' },
        { secret: Buffer.alloc(32, 8) },
      ]
      assert.equal(new Set(options.map((each) => keyOf(call, each))).size, options.length)
    })
  })

  test('does not count in when, how urgently and how often it is asked', () => {
    forAny(randomCall, (call) => {
      const again: Call = {
        ...call,
        id: 'other',
        startedAt: 1,
        started: 2,
        deadline: 3,
        notes: { model: 'other' },
        account: { attempts: [] },
        retryCount: 4,
        priority: 'high',
        cacheWish: { read: false },
      }
      assert.equal(keyOf(again), keyOf(call))
    })
  })
})

import * as fc from 'fast-check'
import type { Call, Caller } from '../core/call.ts'
import type { Embed } from '../core/embed.ts'
import type { JsonObject } from '../core/json.ts'
import type { CacheMark, Chat, Format, Message, Part, Request, Source, Tool, ToolChoice } from '../core/request.ts'
import { callOf } from './sample-calls.ts'

const word = fc.constantFrom(
  '',
  'a',
  'b',
  'ab',
  'a/b',
  'a:b',
  '1',
  '{"a":1}',
  'é',
  '4:user',
  '\u0000',
  'le',
  'Hello there',
)
const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined, freq: 2 })
const flag = maybe(fc.boolean())
const number = maybe(fc.constantFrom(0, 1, 2, 0.5, 100))
const object = fc.constantFrom<JsonObject>({}, { a: 1 }, { a: '1' }, { a: { b: [1, 2] } }, { b: null })
const mark = maybe(fc.constantFrom<CacheMark>('short', 'long'))

const source: fc.Arbitrary<Source> = fc.oneof(
  fc.record({ kind: fc.constant('data' as const), data: word, mediaType: word }),
  fc.record({ kind: fc.constant('url' as const), url: word, mediaType: maybe(word) }),
  fc.record({ kind: fc.constant('id' as const), id: word, mediaType: maybe(word) }),
)

type Arbitraries = { readonly [Kind in Part['kind']]: fc.Arbitrary<Extract<Part, { kind: Kind }>> }

const kind = <Kind extends string>(name: Kind): fc.Arbitrary<Kind> => fc.constant(name)

const plainParts: Omit<Arbitraries, 'tool_result'> = {
  text: fc.record({ kind: kind('text'), text: word, cache: mark }),
  image: fc.record({
    kind: kind('image'),
    source,
    detail: maybe(fc.constantFrom('auto' as const, 'low' as const)),
    cache: mark,
  }),
  file: fc.record({
    kind: kind('file'),
    source,
    name: maybe(word),
    text: maybe(word),
    context: maybe(word),
    citations: flag,
    cache: mark,
  }),
  audio: fc.record({ kind: kind('audio'), source, format: maybe(word), cache: mark }),
  tool_call: fc.record({ kind: kind('tool_call'), id: word, name: word, arguments: word, custom: flag, cache: mark }),
  reasoning: fc.record({
    kind: kind('reasoning'),
    text: word,
    signature: maybe(word),
    redacted: maybe(word),
    origin: word,
  }),
  refusal: fc.record({ kind: kind('refusal'), text: word }),
  opaque: fc.record({ kind: kind('opaque'), wire: word, value: object }),
}

/** Any part of a message, by its kind. */
export const randomParts: Arbitraries = {
  ...plainParts,
  tool_result: fc.record({
    kind: kind('tool_result'),
    id: word,
    parts: fc.array(fc.oneof(plainParts.text, plainParts.image), { maxLength: 2 }),
    isError: flag,
    cache: mark,
  }),
}

export const randomMessage: fc.Arbitrary<Message> = fc.record({
  role: fc.constantFrom(
    'system' as const,
    'developer' as const,
    'user' as const,
    'assistant' as const,
    'tool' as const,
  ),
  name: maybe(word),
  parts: fc.array(fc.oneof(...Object.values(randomParts)) as fc.Arbitrary<Part>, { maxLength: 3 }),
})

export const randomTool: fc.Arbitrary<Tool> = fc.record({
  name: word,
  description: maybe(word),
  parameters: maybe(object),
  strict: flag,
  custom: maybe(object),
  hosted: maybe(fc.record({ wire: word, value: object })),
  cache: mark,
})

const toolChoice: fc.Arbitrary<ToolChoice> = fc.oneof(
  fc.record({ kind: fc.constantFrom('auto' as const, 'none' as const, 'required' as const) }),
  fc.record({ kind: kind('tool'), name: word }),
  fc.record({
    kind: kind('allowed'),
    mode: fc.constantFrom('auto' as const, 'required' as const),
    names: fc.array(word),
  }),
)

export const randomFormat: fc.Arbitrary<Format> = fc.oneof(
  fc.record({ kind: fc.constantFrom('text' as const, 'json' as const) }),
  fc.record({ kind: kind('schema'), name: word, schema: object, description: maybe(word), strict: flag }),
)

/** A conversation in which any field may be said. */
export const randomChat: fc.Arbitrary<Chat> = fc.record({
  messages: fc.array(randomMessage, { maxLength: 3 }),
  tools: fc.array(randomTool, { maxLength: 2 }),
  toolChoice: maybe(toolChoice),
  parallelTools: flag,
  format: maybe(randomFormat),
  maxOutput: number,
  choices: number,
  temperature: number,
  topP: number,
  topK: number,
  seed: number,
  frequencyPenalty: number,
  presencePenalty: number,
  stop: fc.array(word, { maxLength: 2 }),
  logitBias: maybe(fc.constantFrom<Readonly<Record<string, number>>>({}, { '1': 1 }, { '2': -1 })),
  logProbs: maybe(fc.record({ top: fc.nat(3) })),
  reasoning: maybe(fc.constantFrom({}, { mode: 'on' as const, budget: 5 }, { effort: 'low' as const }, { show: true })),
  serviceTier: maybe(word),
  user: maybe(word),
  metadata: maybe(object),
  store: flag,
  modalities: maybe(fc.constantFrom<readonly ('text' | 'audio')[]>(['text'], ['text', 'audio'], [])),
  audio: maybe(object),
  cacheKey: maybe(word),
})

/** What is to be turned into vectors, with any field said. */
export const randomEmbed: fc.Arbitrary<Embed> = fc.record({
  inputs: fc.array(
    fc.oneof(
      fc.record({ kind: kind('text'), text: word }),
      fc.record({ kind: kind('tokens'), tokens: fc.array(fc.nat(9), { maxLength: 3 }) }),
    ),
    { maxLength: 3 },
  ),
  dimensions: number,
  encoding: maybe(fc.constantFrom('float' as const, 'base64' as const)),
  task: maybe(word),
  title: maybe(word),
  unsized: maybe(word),
})

/** Who asks, in any relation to keys, teams and orgs. */
export const randomCaller: fc.Arbitrary<Caller> = fc.record({
  key: word.filter((name) => name !== ''),
  org: maybe(word),
  team: maybe(word),
  user: maybe(word),
  endUser: maybe(word),
  session: maybe(word),
  tags: maybe(fc.constantFrom<Readonly<Record<string, string>>>({}, { a: '1' }, { a: '2', b: '1' })),
  models: maybe(fc.constantFrom<readonly string[]>([], ['chat'], ['chat', 'other'])),
})

const randomRequest: fc.Arbitrary<Request> = fc.record({
  operation: fc.constantFrom('chat' as const, 'count_tokens' as const, 'embed' as const),
  wire: fc.constantFrom('openai-chat', 'anthropic-messages'),
  model: fc.constantFrom('chat', 'other'),
  stream: fc.boolean(),
  wantsUsage: fc.boolean(),
  body: maybe(object),
  headers: maybe(fc.constantFrom({ 'anthropic-beta': 'a' }, { 'anthropic-beta': 'b' })),
  chat: randomChat,
  embed: maybe(randomEmbed),
  untranslatable: fc.constantFrom<readonly string[]>([], [], ['verbosity']),
  outputCap: number,
})

/** Any call. */
export const randomCall: fc.Arbitrary<Call> = fc
  .record({ request: randomRequest, caller: randomCaller, noFallback: fc.boolean() })
  .map((random) => ({ ...callOf(), ...random }))

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { callOf } from '../testing/sample-calls.ts'
import { readRequests } from '../testing/samples.ts'
import { anthropicMessages } from '../wire/anthropic-messages/index.ts'
import { bedrockConverse } from '../wire/bedrock-converse/index.ts'
import { gemini } from '../wire/gemini/index.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import { openaiResponses } from '../wire/openai-responses/index.ts'
import type { Wire } from '../wire/wire.ts'
import { GatewayError } from './errors.ts'
import { type FingerprintOptions, identityOf } from './fingerprint.ts'
import { isObject, type JsonObject, type JsonValue } from './json.ts'

const options: FingerprintOptions = {
  secret: Buffer.alloc(32, 7),
  scope: 'team',
  route: { name: 'chat', identity: 'targets', readsCaller: false },
  normalize: false,
}

/** Changes of a body after which the same is asked, by where they are. Everything else must give another key. */
const askTheSame = new Map<Wire, readonly RegExp[]>([
  [
    openaiChat,
    [
      /^(user|safety_identifier|metadata|stream|stream_options|prompt_cache_\w+)\b/,
      // Said of an answer that is repeated; empty beside what was said.
      /^messages\[\]\.annotations$/,
      /^messages\[\]\.(content|refusal) (absent|null)$/,
      /^messages\[\]\.tool_calls\[\]\.type absent$/,
    ],
  ],
  [
    openaiResponses,
    [
      /^(user|safety_identifier|metadata|stream|prompt_cache_key)\b/,
      // As it is where nothing is said.
      /^(background|truncation|text\.verbosity|input\[\]\.type) (absent|null)$/,
      // One text, whoever wrote it; asked for beside log-probabilities.
      /^input\[\]\.content\[\]\.type$/,
      /^include (absent|null|entry)$/,
    ],
  ],
  [
    anthropicMessages,
    [
      /^(metadata|stream)\b/,
      /\bcache_control\b/,
      /^tools\[\]\.type (absent|null)$/,
      /\.caller (absent|null)$/,
      // A text is plain text.
      /\.source\.media_type/,
    ],
  ],
  [
    bedrockConverse,
    [
      /^requestMetadata\b/,
      /\bcachePoint\b/,
      // A mark for the prompt cache has a place of its own in these lists.
      /^(messages\[\]\.content|system|toolConfig\.tools) entry$/,
      /\.citationsContent\.citations\b/,
      // The schema is a text of JSON.
      /\.jsonSchema\.schema$/,
    ],
  ],
  [
    gemini,
    [
      // As it is where nothing is said.
      /^contents\[\]\.role (absent|null)$/,
      /\.functionCall\.args (absent|null)$/,
      /responseMimeType (absent|null)$/,
      // A result is known by the id of its call, or by its place where there is none.
      /\.functionResponse\.(name|id)/,
      // The order of properties is that of the schema already.
      /\.propertyOrdering/,
    ],
  ],
])

interface Change {
  /** The place, and what was done there. */
  readonly place: string
  readonly body: JsonValue
}

const otherScalars = (value: JsonValue): readonly JsonValue[] => {
  if (typeof value === 'string') return [`${value}x`, `${value} `, 'auto', 'text', 'user', 'low', 'high', 'none']
  if (typeof value === 'number') return [value + 1, value - 1, value / 2, 0.5, 1, 2]
  if (typeof value === 'boolean') return [!value]
  return [true, 'x', 1, {}]
}

const within = (path: string, field: string): string => (path === '' ? field : `${path}.${field}`)

function* changesOfObject(object: JsonObject, path: string): Generator<Change> {
  for (const [field, value] of Object.entries(object)) {
    const where = within(path, field)
    for (const change of changes(value as JsonValue, where))
      yield { ...change, body: { ...object, [field]: change.body } }
    const { [field]: _gone, ...rest } = object
    yield { place: `${where} absent`, body: rest }
    yield { place: `${where} null`, body: { ...object, [field]: null } }
  }
  yield { place: within(path, 'x_tomorrow'), body: { ...object, x_tomorrow: 'new' } }
  yield { place: within(path, 'x_tomorrow'), body: { ...object, x_tomorrow: true } }
}

function* changesOfList(list: readonly JsonValue[], path: string): Generator<Change> {
  for (const [at, value] of list.entries()) {
    for (const change of changes(value, `${path}[]`)) yield { ...change, body: list.with(at, change.body) }
    yield { place: `${path} entry`, body: list.toSpliced(at, 1) }
  }
  if (list.length > 1) yield { place: `${path} order`, body: list.toReversed() }
}

/** Every change of one thing anywhere in a value. */
function* changes(value: JsonValue, path: string): Generator<Change> {
  if (Array.isArray(value)) yield* changesOfList(value, path)
  else if (isObject(value)) yield* changesOfObject(value, path)
  else for (const other of otherScalars(value)) yield { place: path, body: other }
}

const isNothing = (value: JsonValue): boolean =>
  value === null || (typeof value === 'object' && Object.values(value).every((inner) => isNothing(inner ?? null)))

/** Without what says nothing anywhere: languages do not tell null from absence. */
const stripped = (value: JsonValue): string =>
  JSON.stringify(value, (_, inner) =>
    isObject(inner)
      ? Object.fromEntries(Object.entries(inner).filter(([, each]) => !isNothing(each as JsonValue)))
      : inner,
  )

const keyOf = (wire: Wire, body: JsonObject): string | undefined => {
  const inPath = wire === gemini || wire === bedrockConverse
  const door = { operation: 'chat', ...(inPath && { model: 'chat', stream: false }) } as const
  try {
    return identityOf({ ...callOf(), request: wire.readRequest(body, door) }, options).key
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'invalid_request') return undefined
    throw error
  }
}

describe('nothing of a body is lost', () => {
  for (const [wire, same] of askTheSame)
    for (const { name, body } of readRequests(new URL(`../wire/${wire.name}/fixtures/requests/`, import.meta.url)))
      test(`${wire.name} ${name}`, () => {
        const before = keyOf(wire, body)
        assert.ok(before)
        let read = 0
        for (const change of changes(body, '')) {
          if (stripped(change.body) === stripped(body)) continue
          const key = keyOf(wire, change.body as JsonObject)
          if (key !== undefined) read++
          if (key === before && !same.some((place) => place.test(change.place)))
            assert.fail(`${change.place} may change, and it is the same question`)
        }
        assert.ok(read > 3, 'hardly any change was understood')
      })
})

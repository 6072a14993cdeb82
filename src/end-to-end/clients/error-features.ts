import assert from 'node:assert/strict'
import { anthropicError, openaiError } from '../../testing/index.ts'
import type { Cell, ClientName } from './cell.ts'
import type { FeatureName } from './feature-names.ts'
import type { Feature } from './matrix.ts'
import { failureOf, type Told } from './refusal.ts'
import { all } from './words.ts'

/** An answer of an upstream that is an error, and what must become of it. */
interface Failing {
  readonly name: FeatureName
  readonly status: number
  /** Of OpenAI's error and of Anthropic's. */
  readonly kinds: { readonly openai: string | null; readonly anthropic: string }
  readonly words: string
  readonly retryAfter?: number | undefined
  /** What callers get. */
  readonly told: {
    readonly status: number
    /** The class of official clients; Anthropic's has some more. */
    readonly name: string
    readonly anthropicName?: string | undefined
    readonly code: string
    readonly words: boolean
    readonly again: boolean
  }
}

const failings: readonly Failing[] = [
  {
    name: 'a credential the upstream refuses',
    status: 401,
    kinds: { openai: 'invalid_api_key', anthropic: 'authentication_error' },
    words: 'Incorrect API key provided: sk-up*******enai.',
    told: { status: 502, name: 'InternalServerError', code: 'upstream_auth', words: false, again: false },
  },
  {
    name: 'a rate limit of the upstream',
    status: 429,
    kinds: { openai: 'rate_limit_exceeded', anthropic: 'rate_limit_error' },
    words: 'Limit of organization org-secret reached.',
    retryAfter: 7,
    told: { status: 429, name: 'RateLimitError', code: 'upstream_throttled', words: false, again: true },
  },
  {
    name: 'a mistake only the upstream sees',
    status: 400,
    kinds: { openai: 'invalid_value', anthropic: 'invalid_request_error' },
    words: 'max_tokens: 99999 > 8192, which is the most for this model.',
    told: { status: 400, name: 'BadRequestError', code: 'upstream_rejected', words: true, again: false },
  },
  {
    name: 'a failure of the upstream',
    status: 500,
    kinds: { openai: null, anthropic: 'api_error' },
    words: 'The database db-7.internal is down.',
    told: { status: 502, name: 'InternalServerError', code: 'upstream_failed', words: false, again: true },
  },
  {
    name: 'an overload of the upstream',
    status: 503,
    kinds: { openai: null, anthropic: 'overloaded_error' },
    words: 'Overloaded at shard-7.internal.',
    told: {
      status: 503,
      name: 'InternalServerError',
      anthropicName: 'ServiceUnavailableError',
      code: 'upstream_overloaded',
      words: false,
      again: true,
    },
  },
]

const answersOf = ({ status, kinds, words, retryAfter }: Failing): Feature['answers'] => {
  const more: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
  return {
    openai: [openaiError(status, kinds.openai, words, more)],
    anthropic: [anthropicError(status, kinds.anthropic, words, more)],
    aimock: [
      {
        status,
        error: { message: words, type: kinds.anthropic, ...(kinds.openai ? { code: kinds.openai } : {}) },
        retryAfter: retryAfter ?? 1,
      },
    ],
  }
}

/** The class with which a client throws. */
const classOf = (
  client: ClientName,
  { name, anthropicName }: Pick<Failing['told'], 'name' | 'anthropicName'>,
): string => (client.startsWith('ai-') ? 'APICallError' : client === 'anthropic' ? (anthropicName ?? name) : name)

/** The gateway's own word for it, wherever the wire puts it. */
const ourCode = ({ body }: Told): string => {
  const { tollgate, error } = JSON.parse(body)
  return (tollgate ?? error.tollgate).code
}

const assertHeaders = ({ headers }: Told, { told, retryAfter }: Failing): void => {
  assert.equal(headers['x-should-retry'], String(told.again))
  if (retryAfter === undefined) return
  const seconds = Number(headers['retry-after'])
  assert.ok(seconds >= retryAfter * 0.8 && seconds <= Math.ceil(retryAfter * 1.2), `${seconds} s`)
}

const failing = (what: Failing): Feature => ({
  name: what.name,
  alone: true,
  answers: answersOf(what),
  clients: all(async (cell: Cell) => {
    const heard = await failureOf(cell.client, () => cell.talk().say('Go.'))
    assert.equal(heard.status, what.told.status)
    assert.equal(heard.name, classOf(cell.client, what.told))
    assert.equal(ourCode(heard), what.told.code)
    assert.equal(heard.body.includes(what.words), what.told.words)
    assert.equal(heard.message.includes(what.words), what.told.words)
    assert.doesNotMatch(JSON.stringify(heard), /sk-up|org-secret|\.internal/)
    assertHeaders(heard, what)
    assert.equal(cell.received().length, 1)
  }),
})

const unknownModel: Feature = {
  name: 'a model that is not there',
  answers: { openai: [], anthropic: [], aimock: [] },
  clients: all(async (cell) => {
    const heard = await failureOf(cell.client, () => cell.talk().say('Go.', { model: 'claude-gpt-99' }))
    assert.equal(heard.status, 404)
    assert.equal(heard.name, classOf(cell.client, { name: 'NotFoundError' }))
    assert.match(heard.message, /claude-gpt-99/)
    assert.deepEqual(cell.received(), [])
  }),
}

export const errorFeatures: readonly Feature[] = [...failings.map(failing), unknownModel]

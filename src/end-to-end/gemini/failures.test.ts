import assert from 'node:assert/strict'
import { ApiError } from '@google/genai'
import { streamText } from 'ai'
import {
  anthropicError,
  geminiError,
  geminiErrorEvent,
  geminiText,
  openaiError,
  openaiText,
  type Step,
} from '../../testing/index.ts'
import { aiModel } from '../clients/talk-ai.ts'
import { type Feature, failureOf, testMatrix } from './matrix.ts'
import type { Answers, Cell } from './rig.ts'
import { answers } from './say.ts'
import { googleClient } from './talk-google.ts'

interface Failing {
  readonly name: string
  readonly status: number
  readonly kinds: readonly [gemini: string, openai: string | null, anthropic: string]
  readonly words: string
  readonly details?: readonly Readonly<Record<string, unknown>>[]
  readonly told: readonly [status: number, code: string, word: string, words: boolean]
}

const invalidKey = {
  '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
  reason: 'API_KEY_INVALID',
  domain: 'googleapis.com',
}

const failings: readonly Failing[] = [
  {
    name: 'a credential the upstream refuses',
    status: 400,
    kinds: ['INVALID_ARGUMENT', 'invalid_api_key', 'authentication_error'],
    words: 'API key not valid. Please pass a valid API key: AIza-up*******eam.',
    details: [invalidKey],
    told: [502, 'upstream_auth', 'UNAVAILABLE', false],
  },
  {
    name: 'a rate limit of the upstream',
    status: 429,
    kinds: ['RESOURCE_EXHAUSTED', 'rate_limit_exceeded', 'rate_limit_error'],
    words: 'You exceeded your current quota of project org-secret.',
    told: [429, 'upstream_throttled', 'RESOURCE_EXHAUSTED', false],
  },
  {
    name: 'a mistake only the upstream sees',
    status: 400,
    kinds: ['INVALID_ARGUMENT', 'invalid_value', 'invalid_request_error'],
    words: 'max_output_tokens: 99999 > 8192.',
    told: [400, 'upstream_rejected', 'INVALID_ARGUMENT', true],
  },
  {
    name: 'a failure of the upstream',
    status: 500,
    kinds: ['INTERNAL', null, 'api_error'],
    words: 'The database db-7.internal is down.',
    told: [502, 'upstream_failed', 'UNAVAILABLE', false],
  },
  {
    name: 'an overload of the upstream',
    status: 503,
    kinds: ['UNAVAILABLE', null, 'overloaded_error'],
    words: 'The model is overloaded at db-7.internal.',
    told: [503, 'upstream_overloaded', 'UNAVAILABLE', false],
  },
]

const failing = ({ name, status, kinds, words, details, told }: Failing): Feature => ({
  name,
  alone: true,
  onlyFake: 'its answers to failures are those of the other matrix',
  answers: answers({
    gemini: [geminiError(status, kinds[0], words, details)],
    openai: [openaiError(status === 400 && details ? 401 : status, kinds[1], words)],
    anthropic: [anthropicError(status === 400 && details ? 401 : status, kinds[2], words)],
  }),
  run: async (cell) => {
    const heard = await failureOf(cell.client, () => cell.talk().say('Go.'))
    assert.equal(heard.status, told[0])
    assert.ok(heard.body.includes(told[1]), heard.body)
    assert.equal(heard.message.includes(words), told[3])
    assert.doesNotMatch(JSON.stringify(heard), /AIza-up|org-secret|\.internal/)
    if (cell.client === 'google') assert.equal(JSON.parse(heard.body).error.status, told[2])
    assert.equal(cell.received().length, 1)
  },
})

const half = 'Once upon a time'

/** Streams that begin with the text and go on with something else. */
const beginning = (change: (begun: Step) => Step): Answers => {
  const without = (step: Step, last: number): Step => ({ ...step, events: step.events?.slice(0, -last) ?? [] })
  return answers({
    gemini: [change(without(geminiText(`${half} end`, { stream: true }), 1))],
    openai: [change(without(openaiText(half, { stream: true, usage: false }), 2))],
    anthropic: [],
  })
}

/** The pieces of a text, as each client's lowest door gives them. */
async function* hear({ client, url, model }: Cell): AsyncGenerator<string> {
  if (client === 'google') {
    const stream = await googleClient(url).models.generateContentStream({ model, contents: 'Go on.' })
    for await (const piece of stream) yield piece.text ?? ''
    return
  }
  const settings = { prompt: 'Go on.', maxRetries: 0, onError: () => {} }
  for await (const part of streamText({ model: aiModel('ai-google', url, model), ...settings }).stream) {
    if (part.type === 'error') throw part.error
    if (part.type === 'text-delta') yield part.text
  }
}

const broken = (name: string, given: Answers): Feature => ({
  name,
  alone: true,
  forms: ['stream'],
  onlyFake: 'aimock breaks no stream so',
  clients: ['google', 'ai-google'],
  answers: given,
  run: async (cell) => {
    if (cell.wire === 'anthropic') return
    let said = ''
    const listening = async (): Promise<void> => {
      for await (const text of hear(cell)) said += text
    }
    const thrown = await listening().then(
      () => assert.fail('it looked whole'),
      (error: unknown) => error,
    )
    assert.ok(half.startsWith(said) && said.length > 4, said)
    if (cell.client === 'google') assert.ok(thrown instanceof ApiError && thrown.status >= 500, `${thrown}`)
  },
})

const tells = broken(
  'a failure in the middle of a stream',
  beginning(({ events = [], ...step }) => ({
    ...step,
    events: [...events, geminiErrorEvent(503, 'UNAVAILABLE', 'The model is overloaded.')],
  })),
)

const isCut = broken(
  'a stream that is cut',
  beginning((step) => ({ ...step, framing: 'close' })),
)

testMatrix('failures', [...failings.map(failing), tells, isCut])

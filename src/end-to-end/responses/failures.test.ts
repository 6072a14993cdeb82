import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { streamText } from 'ai'
import {
  anthropicError,
  anthropicErrorEvent,
  anthropicText,
  openaiError,
  openaiErrorEvent,
  openaiText,
  responsesErrorEvent,
  responsesText,
  type Step,
  stall,
} from '../../testing/index.ts'
import { listen } from '../clients/listen.ts'
import { aiModel } from '../clients/talk-ai.ts'
import { openaiClient } from '../clients/talk-openai.ts'
import { type Feature, failureOf, testMatrix } from './matrix.ts'
import type { Answers, Cell } from './rig.ts'
import { answers } from './say.ts'

interface Failing {
  readonly name: string
  readonly status: number
  readonly kinds: readonly [openai: string | null, anthropic: string]
  readonly words: string
  readonly told: readonly [status: number, code: string, words: boolean]
}

const failings: readonly Failing[] = [
  {
    name: 'a credential the upstream refuses',
    status: 401,
    kinds: ['invalid_api_key', 'authentication_error'],
    words: 'Incorrect API key provided: sk-up*******eam.',
    told: [502, 'upstream_auth', false],
  },
  {
    name: 'a rate limit of the upstream',
    status: 429,
    kinds: ['rate_limit_exceeded', 'rate_limit_error'],
    words: 'Limit of organization org-secret reached.',
    told: [429, 'upstream_throttled', false],
  },
  {
    name: 'a mistake only the upstream sees',
    status: 400,
    kinds: ['invalid_value', 'invalid_request_error'],
    words: 'max_output_tokens: 99999 > 8192.',
    told: [400, 'upstream_rejected', true],
  },
  {
    name: 'a failure of the upstream',
    status: 500,
    kinds: [null, 'api_error'],
    words: 'The database db-7.internal is down.',
    told: [502, 'upstream_failed', false],
  },
]

const failing = ({ name, status, kinds: [openai, anthropic], words, told }: Failing): Feature => ({
  name,
  alone: true,
  onlyFake: 'its answers to failures are those of the other matrix',
  answers: answers({
    responses: [openaiError(status, openai, words)],
    openai: [openaiError(status, openai, words)],
    anthropic: [anthropicError(status, anthropic, words)],
  }),
  run: async (cell) => {
    const heard = await failureOf(cell.client, () => cell.talk().say('Go.'))
    assert.equal(heard.status, told[0])
    assert.ok(heard.body.includes(told[1]), heard.body)
    assert.equal(heard.message.includes(words), told[2])
    assert.doesNotMatch(JSON.stringify(heard), /sk-up|org-secret|\.internal/)
    assert.equal(cell.received().length, 1)
  },
})

const unknownModel: Feature = {
  name: 'a model that is not there',
  onlyFake: 'nothing is asked',
  answers: answers({ responses: [], openai: [], anthropic: [] }),
  run: async (cell) => {
    const heard = await failureOf(cell.client, () => cell.talk().say('Go.', { model: 'claude-gpt-99' }))
    assert.equal(heard.status, 404)
    assert.match(heard.message, /claude-gpt-99/)
  },
}

const half = 'Once upon a time'
const stream = true

/** Streams that begin with the text and go on with something else. */
const beginning = (change: (begun: Step, spoken: Cell['spoken']) => Step): Answers => {
  const without = (step: Step, last: number): Step => ({ ...step, events: step.events?.slice(0, -last) ?? [] })
  return answers({
    // What remains is the end of the text, of the message, and of the stream.
    responses: [change(without(responsesText(half, { stream }), 4), 'responses')],
    openai: [change(without(openaiText(half, { stream, usage: false }), 2), 'openai')],
    anthropic: [change(without(anthropicText(half, { stream }), 3), 'anthropic')],
  })
}

/** The pieces of a text, as each client's lowest door gives them. */
async function* hear(cell: Cell, signal?: AbortSignal): AsyncGenerator<string> {
  const { client, url, model } = cell
  if (client === 'responses') {
    const events = await openaiClient(url).responses.create({ model, input: 'Go on.', stream: true }, { signal })
    for await (const event of events) {
      if (event.type === 'response.output_text.delta') yield event.delta
      if (event.type === 'response.failed') throw new Error(event.response.error?.message)
    }
  } else if (client === 'ai-responses') {
    const settings = { prompt: 'Go on.', maxRetries: 0, abortSignal: signal, onError: () => {} }
    for await (const part of streamText({ model: aiModel(client, url, model), ...settings }).stream) {
      if (part.type === 'error') throw part.error
      if (part.type === 'text-delta') yield part.text
    }
  } else yield* listen({ client: client as 'openai', url, model }, signal)
}

const heardBeforeFailure = async (cell: Cell): Promise<{ text: string; said: string }> => {
  let text = ''
  try {
    for await (const piece of hear(cell)) text += piece
  } catch (thrown) {
    return { text, said: sayingsOf(thrown) }
  }
  assert.fail(`the stream ended well after ${JSON.stringify(text)}`)
}

/** All that an error says, its causes and data too. */
const sayingsOf = (thrown: unknown): string =>
  thrown instanceof Error
    ? `${thrown.message} ${JSON.stringify(thrown)} ${sayingsOf(thrown.cause)}`
    : (JSON.stringify(thrown) ?? '')

const words = 'Shard db-7.internal is overloaded.'
const events: { readonly [Spoken in Cell['spoken']]?: string } = {
  responses: responsesErrorEvent('server_error', words),
  openai: openaiErrorEvent('server_error', words),
  anthropic: anthropicErrorEvent('overloaded_error', words),
}

const failingLate: Feature = {
  name: 'a failure in the middle of a stream',
  onlyFake: 'aimock fails at the beginning',
  alone: true,
  forms: ['stream'],
  answers: beginning((begun, spoken) => ({ ...begun, events: [...(begun.events ?? []), events[spoken] ?? ''] })),
  run: async (cell) => {
    const { text, said } = await heardBeforeFailure(cell)
    assert.equal(text, half)
    assert.match(said, /The provider (failed|is overloaded)\./)
    assert.doesNotMatch(said, /internal is/)
  },
}

const cutOff: Feature = {
  name: 'a stream that is cut',
  onlyFake: 'aimock breaks the connection at times of its own',
  alone: true,
  forms: ['stream'],
  answers: beginning((begun) => begun),
  run: async (cell) => {
    const { text, said } = await heardBeforeFailure(cell)
    assert.equal(text, half)
    assert.match(said, /was cut/)
  },
}

const leaving: Feature = {
  name: 'a client that leaves',
  onlyFake: 'aimock does not tell when its clients leave',
  forms: ['stream'],
  answers: beginning((begun) => stall(begun, 7)),
  run: async (cell) => {
    const before = cell.fake.journal.length
    const leave = new AbortController()
    const pieces = hear(cell, leave.signal)
    assert.equal(typeof (await pieces.next()).value, 'string')
    leave.abort()
    await pieces.next().catch(() => {})
    for (const began = performance.now(); cell.fake.journal[before]?.abortedAt === undefined; await setTimeout(2))
      assert.ok(performance.now() - began < 2_000, 'the upstream is left')
  },
}

testMatrix('failures', [...failings.map(failing), unknownModel, failingLate, cutOff, leaving])

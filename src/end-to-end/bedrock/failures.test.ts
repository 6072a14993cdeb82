import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import {
  anthropicError,
  anthropicErrorEvent,
  anthropicText,
  bedrockError,
  bedrockException,
  bedrockText,
  openaiError,
  openaiErrorEvent,
  openaiText,
  type Step,
  stall,
} from '../../testing/index.ts'
import { listen } from '../clients/listen.ts'
import { AwsFailure, converseStream, send } from './aws-client.ts'
import { type Feature, failureOf, testMatrix } from './matrix.ts'
import type { Answers, Cell, ClientName, UpstreamWire } from './rig.ts'
import { answers } from './say.ts'

interface Failing {
  readonly name: string
  readonly status: number
  readonly kinds: readonly [openai: string | null, anthropic: string, bedrock: string]
  readonly words: string
  /** What callers are told, and in which class of Amazon's. */
  readonly told: readonly [status: number, code: string, words: boolean, aws: string]
}

const failings: readonly Failing[] = [
  {
    name: 'a credential the upstream refuses',
    status: 403,
    kinds: ['invalid_api_key', 'permission_error', 'UnrecognizedClientException'],
    words: 'The security token AKIDEXAMPLE included in the request is invalid.',
    told: [502, 'upstream_auth', false, 'InternalServerException'],
  },
  {
    name: 'a rate limit of the upstream',
    status: 429,
    kinds: ['rate_limit_exceeded', 'rate_limit_error', 'ThrottlingException'],
    words: 'Too many tokens for account 111122223333.',
    told: [429, 'upstream_throttled', false, 'ThrottlingException'],
  },
  {
    name: 'a mistake only the upstream sees',
    status: 400,
    kinds: ['invalid_value', 'invalid_request_error', 'ValidationException'],
    words: 'max_tokens: 99999 > 8192.',
    told: [400, 'upstream_rejected', true, 'ValidationException'],
  },
  {
    name: 'a failure of the upstream',
    status: 500,
    kinds: [null, 'api_error', 'InternalServerException'],
    words: 'The database db-7.internal is down.',
    told: [502, 'upstream_failed', false, 'InternalServerException'],
  },
  {
    name: 'an overload of the upstream',
    status: 503,
    kinds: [null, 'overloaded_error', 'ServiceUnavailableException'],
    words: 'Bedrock is unable to process your request.',
    told: [503, 'upstream_overloaded', false, 'ServiceUnavailableException'],
  },
]

const failing = ({ name, status, kinds: [openai, anthropic, bedrock], words, told }: Failing): Feature => ({
  name,
  alone: true,
  onlyFake: 'its answers to failures have another form than Amazon’s',
  answers: answers({
    bedrock: [bedrockError(status, bedrock, words)],
    openai: [openaiError(status, openai, words)],
    anthropic: [anthropicError(status, anthropic, words)],
  }),
  run: async (cell) => {
    const heard = await failureOf(cell.client, () => cell.talk().say('Go.'))
    assert.equal(heard.status, told[0])
    assert.ok(heard.body.includes(told[1]), heard.body)
    assert.equal(heard.message.includes(words), told[2])
    if (cell.client === 'bedrock') assert.equal(heard.name, told[3])
    assert.doesNotMatch(JSON.stringify(heard), /AKIDEXAMPLE|111122223333|\.internal/)
    assert.equal(cell.received().length, 1)
  },
})

const unknownModel: Feature = {
  name: 'a model that is not there',
  onlyFake: 'nothing is asked',
  answers: answers({ bedrock: [], openai: [], anthropic: [] }),
  run: async (cell) => {
    const heard = await failureOf(cell.client, () => cell.talk().say('Go.', { model: 'claude-gpt-99' }))
    assert.equal(heard.status, 404)
    assert.match(heard.message, /claude-gpt-99/)
    if (cell.client === 'bedrock') assert.equal(heard.name, 'ResourceNotFoundException')
  },
}

const half = 'Once upon a time'
const stream = true

/** Streams that begin with the text and go on with something else. */
const beginning = (change: (begun: Step, wire: UpstreamWire) => Step): Answers => {
  const without = (step: Step, last: number): Step => ({ ...step, events: step.events?.slice(0, -last) ?? [] })
  return answers({
    // What remains is the end of the text, of the message, and of the stream.
    bedrock: [change(without(bedrockText(half, { stream }), 3), 'bedrock')],
    openai: [change(without(openaiText(half, { stream, usage: false }), 2), 'openai')],
    anthropic: [change(without(anthropicText(half, { stream }), 3), 'anthropic')],
  })
}

/** The pieces of a text, as each client's lowest door gives them. */
async function* hear(cell: Cell, signal?: AbortSignal): AsyncGenerator<string> {
  const { client, url, model } = cell
  if (client !== 'bedrock') return yield* listen({ client: client as 'openai', url, model }, signal)
  const body = { messages: [{ role: 'user', content: [{ text: 'Go on.' }] }] }
  for await (const { name, value } of converseStream({ url, model, body })) {
    const { text } = (value.delta ?? {}) as { text?: string }
    if (name === 'contentBlockDelta' && text !== undefined) yield text
  }
}

const heardBeforeFailure = async (cell: Cell): Promise<{ text: string; thrown: unknown }> => {
  let text = ''
  try {
    for await (const piece of hear(cell)) text += piece
  } catch (thrown) {
    return { text, thrown }
  }
  return assert.fail('the stream ended as if it were whole')
}

/** Those whose lowest door is known here. */
const clients: readonly ClientName[] = ['bedrock', 'openai', 'anthropic', 'ai-openai', 'ai-anthropic']

const broken = (name: string, aws: string, change: (begun: Step, wire: UpstreamWire) => Step): Feature => ({
  name,
  alone: true,
  clients,
  forms: ['stream'],
  onlyFake: 'it does not fail so',
  answers: beginning(change),
  run: async (cell) => {
    const { text, thrown } = await heardBeforeFailure(cell)
    assert.equal(text, half)
    assert.doesNotMatch(String(thrown), /db-7/)
    if (cell.client !== 'bedrock') return
    assert.ok(thrown instanceof AwsFailure, String(thrown))
    assert.equal(thrown.name, aws)
  },
})

const words = 'The shard db-7 is gone.'
const failures: Readonly<Record<UpstreamWire, string | Buffer>> = {
  bedrock: bedrockException('serviceUnavailableException', words),
  openai: openaiErrorEvent('server_error', words),
  anthropic: anthropicErrorEvent('overloaded_error', words),
}
const appended = (begun: Step, more: string | Buffer): Step => ({ ...begun, events: [...(begun.events ?? []), more] })

/** An event whose last byte is another one. */
const flipped = (): Buffer => {
  const bytes = Buffer.from(bedrockText('x', { stream }).events?.[1] ?? '')
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  return bytes
}

const inTheMiddle: Feature = {
  ...broken('a failure in the middle of a stream', '', (begun, wire) => appended(begun, failures[wire])),
  run: async (cell) => {
    const { text, thrown } = await heardBeforeFailure(cell)
    assert.equal(text, half)
    assert.doesNotMatch(String(thrown), /db-7/)
    if (cell.client === 'bedrock') assert.ok(thrown instanceof AwsFailure && thrown.name.endsWith('Exception'))
  },
}

const garbled: Feature = {
  ...broken('bytes that are no event', 'modelStreamErrorException', (begun) => appended(begun, flipped())),
  run: async (cell) => {
    if (cell.wire !== 'bedrock') return
    const { text, thrown } = await heardBeforeFailure(cell)
    assert.equal(text, half)
    if (cell.client === 'bedrock') assert.equal((thrown as AwsFailure).name, 'modelStreamErrorException')
  },
}

const leaving: Feature = {
  name: 'a client that leaves',
  clients,
  forms: ['stream'],
  onlyFake: 'it does not notice',
  answers: beginning((begun) => stall(begun, begun.events?.length ?? 0)),
  run: async (cell) => {
    const leave = new AbortController()
    let text = ''
    for await (const piece of hear(cell, leave.signal)) {
      text += piece
      if (text === half) break
    }
    leave.abort()
    for (let waits = 0; cell.journal()[0]?.abortedAt === undefined; waits++) {
      assert.ok(waits < 200, 'the upstream was not told')
      await setTimeout(10)
    }
  },
}

const badBodies: Feature = {
  name: 'bodies that are no question',
  clients: ['bedrock'],
  onlyFake: 'nothing is asked',
  answers: answers({ bedrock: [], openai: [], anthropic: [] }),
  run: async (cell) => {
    const { url, model, form } = cell
    const bodies = [
      { body: {}, field: 'messages' },
      { body: { messages: [] }, field: 'messages' },
      { body: { messages: [{ role: 'user', content: [{ text: 1 }] }] }, field: 'messages.0.content.0.text' },
      { body: { messages: [{ role: 'tool', content: [] }] }, field: 'messages.0.role' },
      { body: { messages: [{ role: 'user', content: [{ text: 'a', image: {} }] }] }, field: 'messages.0.content.0' },
      {
        body: { messages: [{ role: 'user', content: [{ text: 'a' }] }], inferenceConfig: { maxTokens: 0 } },
        field: 'inferenceConfig.maxTokens',
      },
    ]
    for (const { body, field } of bodies) {
      const response = await send({ url, model, body, stream: form === 'stream' })
      const told = JSON.parse(await response.text())
      assert.deepEqual([response.status, response.headers.get('x-amzn-errortype')], [400, 'ValidationException'])
      assert.equal(told.__type, 'ValidationException')
      assert.equal(told.tollgate.param, field)
      assert.ok(response.headers.get('x-amzn-requestid'))
    }
    assert.equal(cell.received().length, 0)
  },
}

testMatrix('failures', [
  ...failings.map(failing),
  unknownModel,
  inTheMiddle,
  broken('a stream that is cut', 'modelStreamErrorException', (begun) => begun),
  garbled,
  leaving,
  badBodies,
])

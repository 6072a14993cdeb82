import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { isSemantic } from '../../core/delta.ts'
import { isObject } from '../../core/json.ts'
import { openaiText, type ReceivedRequest, type Step, startFakeUpstream } from '../../testing/index.ts'
import { readAwsStreams, type Sample } from '../../testing/samples.ts'
import { awsEvents } from '../../wire/aws-events.ts'
import { bedrockConverse } from '../../wire/bedrock-converse/index.ts'
import { ask, closeIdle, saidIn } from '../faults/client.ts'
import { forgetful, inParallel, openaiAt, startGateway } from '../faults/harness.ts'
import { eventsIn, send } from './aws-client.ts'

type Caller = 'bedrock' | 'openai' | 'anthropic'

/** A recorded stream, with where its events end and where the first ends that says something. */
interface Recording extends Sample {
  readonly ends: readonly number[]
  readonly begins: number
}

/** What a caller was told: what was said, whether the end came, and the gateway's codes of errors. */
interface Heard {
  readonly id: string
  readonly status: number
  readonly words: string
  readonly ends: number
  readonly errors: readonly string[]
  readonly errorIsLast: boolean
  /** The bytes as they came, for callers of the upstream's own language. */
  readonly bytes: Buffer
}

const recordingOf = (sample: Sample): Recording => {
  const ends: number[] = []
  const reader = bedrockConverse.reader('events')
  let begins: number | undefined
  for (const event of awsEvents.splitter().split(sample.bytes)) {
    ends.push((ends.at(-1) ?? 0) + event.length)
    if (reader(event).some((delta) => isSemantic(delta) || delta.kind === 'finish')) begins ??= ends.at(-1)
  }
  assert.ok(begins !== undefined)
  return { ...sample, ends, begins }
}

const folder = new URL('../../wire/bedrock-converse/fixtures/streams/', import.meta.url)
const recordings = readAwsStreams(folder).map(recordingOf)
const named = (...names: string[]): Recording[] => recordings.filter(({ name }) => names.includes(name))
const fallback = 'Another target says this.'

const promptOf = ({ body }: ReceivedRequest): string => JSON.parse(body).messages[0].content[0].text

/** A gateway whose first target, Bedrock, cuts streams as the prompt says, and whose second one is well. */
const startCutting = async () => {
  const first = await startFakeUpstream()
  const second = await startFakeUpstream()
  const byName = new Map(recordings.map((recording) => [recording.name, recording.bytes]))
  first.always((request): Step => {
    const [name = '', atByte = '0', by] = promptOf(request).split(' ')
    const bytes = byName.get(name) ?? Buffer.alloc(0)
    const isCut = by !== 'split' && Number(atByte) < bytes.length
    return {
      headers: { 'content-type': 'application/vnd.amazon.eventstream' },
      events: [bytes],
      framing: by === 'end' ? 'close' : 'chunked',
      cut: isCut ? { atByte: Number(atByte), by: by === 'reset' ? 'reset' : 'end' } : undefined,
      split: by === 'split' ? [Number(atByte)] : undefined,
    }
  })
  second.always(openaiText(fallback, { stream: true }))
  const bedrock = {
    kind: 'bedrock',
    baseUrl: first.url,
    region: 'us-east-1',
    accessKeyId: 'AKID',
    secretAccessKey: 'secret',
  }
  const gateway = await startGateway(
    {
      providers: { bedrock, other: openaiAt(second.url) },
      models: { chat: { targets: ['bedrock/cut', 'other/well'], policies: ['order'], retry: { sameTarget: 0 } } },
    },
    forgetful,
  )
  return {
    gateway,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await Promise.all([first.close(), second.close()])
    },
  }
}

const textIn = (value: unknown): string => {
  if (!isObject(value) || !isObject(value.delta)) return ''
  const { text, toolUse, reasoningContent: thought } = value.delta
  if (isObject(toolUse)) return String(toolUse.input)
  if (isObject(thought)) return typeof thought.text === 'string' ? thought.text : ''
  return typeof text === 'string' ? text : ''
}

const askAsAmazon = async (port: number, prompt: string): Promise<Heard> => {
  const body = { messages: [{ role: 'user', content: [{ text: prompt }] }] }
  const response = await send({ url: `http://127.0.0.1:${port}`, model: 'chat', body, stream: true })
  const bytes = Buffer.from(await response.arrayBuffer())
  const { events, rest } = eventsIn(bytes)
  assert.equal(rest, 0, 'no event is cut for the caller')
  const errors = events.filter(({ type }) => type === 'exception')
  return {
    id: response.headers.get('x-amzn-requestid') ?? '',
    status: response.status,
    words: events.map(({ value }) => textIn(value)).join(''),
    ends: events.filter(({ name }) => name === 'metadata').length,
    errors: errors.map(({ value }) => String(isObject(value.tollgate) ? value.tollgate.code : undefined)),
    errorIsLast: errors.length === 0 || events.at(-1)?.type === 'exception',
    bytes,
  }
}

interface Cut {
  readonly recording: Recording
  readonly atByte: number
  readonly by: 'end' | 'reset' | 'chunked'
  readonly caller: Caller
}

const askFor = async (port: number, caller: Caller, prompt: string): Promise<Heard> => {
  if (caller === 'bedrock') return askAsAmazon(port, prompt)
  const { id, status, text } = await ask(port, { language: caller, stream: true, prompt })
  return { id, status, ...saidIn(text), bytes: Buffer.from(text) }
}

type Cutting = Awaited<ReturnType<typeof startCutting>>['gateway']

/** What the caller must see of a stream that was cut, and what must be recorded. */
const check = async (gateway: Cutting, { recording, atByte, by, caller }: Cut, whole: string): Promise<void> => {
  const heard = await askFor(gateway.port, caller, `${recording.name} ${atByte} ${by}`)
  const record = await gateway.recordOf(heard.id)
  const outcomes = record.attempts.map((line) => line.outcome)
  assert.equal(heard.status, 200)
  if (atByte < recording.begins) {
    assert.deepEqual([heard.words, heard.ends, heard.errors], [fallback, 1, []])
    assert.deepEqual([record.outcome, record.target, outcomes], ['ok', 'other/well', ['ambiguous', 'ok']])
    return
  }
  const code = by === 'end' ? 'upstream_garbled' : 'upstream_unreachable'
  assert.deepEqual([heard.errors, heard.errorIsLast, heard.ends], [[code], true, 0])
  assert.deepEqual([record.outcome, record.error, outcomes], ['error', code, ['ambiguous']])
  assert.ok(whole.startsWith(heard.words), 'what was said is the beginning of the whole')
  if (caller !== 'bedrock' || by !== 'end') return
  const passed = recording.ends.filter((end) => end <= atByte).at(-1) ?? 0
  assert.deepEqual(heard.bytes.subarray(0, passed), recording.bytes.subarray(0, passed), 'whole events pass untouched')
}

interface How {
  readonly by: Cut['by']
  readonly caller: Caller
  /** Each so many bytes. */
  readonly step?: number
}

const cutAll = async (chosen: readonly Recording[], { by, caller, step = 1 }: How): Promise<void> => {
  await using cutting = await startCutting()
  const { gateway } = cutting
  for (const recording of chosen) {
    const uncut = await askFor(gateway.port, caller, `${recording.name} ${recording.bytes.length} end`)
    assert.deepEqual([uncut.ends, uncut.errors], [1, []], 'uncut, it is whole')
    const places = Array.from({ length: Math.ceil(recording.bytes.length / step) }, (_, index) => index * step)
    await inParallel(places, 40, async (atByte) => {
      await check(gateway, { recording, atByte, by, caller }, uncut.words).catch((error: Error) => {
        throw new Error(`${recording.name} cut at ${atByte} by ${by} for ${caller}: ${error.message}`, { cause: error })
      })
    })
  }
}

describe('a stream of Bedrock that is cut is answered by another target before its first word, and never looks whole after it', () => {
  after(closeIdle)

  test('closed in good order at every byte, for its own callers', () =>
    cutAll(named('text', 'thinking'), { by: 'end', caller: 'bedrock' }))

  test('closed in good order at every third byte, for OpenAI’s callers', () =>
    cutAll(named('text', 'thinking'), { by: 'end', caller: 'openai', step: 3 }))

  test('closed in good order at every seventh byte, calls of several tools, for Anthropic’s callers', () =>
    cutAll(named('parallel-tools'), { by: 'end', caller: 'anthropic', step: 7 }))

  test('reset at every fifth byte', () => cutAll(named('text'), { by: 'reset', caller: 'bedrock', step: 5 }))

  test('closed in the middle of a chunk', () =>
    cutAll(named('parallel-tools'), { by: 'chunked', caller: 'openai', step: 13 }))
})

describe('a stream of Bedrock that comes in two pieces', () => {
  after(closeIdle)

  test('is the same wherever it was split', async () => {
    await using cutting = await startCutting()
    const { port } = cutting.gateway
    for (const recording of named('text', 'parallel-tools')) {
      const whole = await askFor(port, 'openai', `${recording.name} ${recording.bytes.length} end`)
      const places = Array.from({ length: Math.floor(recording.bytes.length / 5) }, (_, index) => 1 + index * 5)
      await inParallel(places, 40, async (at) => {
        const { words, ends, errors } = await askFor(port, 'openai', `${recording.name} ${at} split`)
        assert.deepEqual([words, ends, errors], [whole.words, 1, []], `split at ${at}`)
      })
    }
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isSemantic } from '../../core/delta.ts'
import { geminiText, type ReceivedRequest, type Step, startFakeUpstream } from '../../testing/index.ts'
import { readStreams, type Sample } from '../../testing/samples.ts'
import { gemini } from '../../wire/gemini/index.ts'
import { EventSplitter, readEvents } from '../../wire/sse.ts'
import { forgetful, type GatewayUnderTest, inParallel, startGateway } from '../faults/harness.ts'

const fallback = 'Another target says this.'
const samples = new Map(
  readStreams(new URL('../../wire/gemini/fixtures/streams/', import.meta.url)).map((sample) => [sample.name, sample]),
)

interface Cut {
  readonly sample: Sample
  readonly atByte: number
  /** `end` closes in good order, so that only the content tells that something is missing. */
  readonly by: 'end' | 'reset'
  readonly caller: 'gemini' | 'openai'
}

/** Where the first event ends that says something: from there on nothing may be answered by another target. */
const beginningOf = ({ bytes }: Sample): number => {
  const reader = gemini.reader('events')
  const splitter = new EventSplitter()
  let end = 0
  for (const event of splitter.split(splitter.push(bytes) ?? Buffer.alloc(0))) {
    end += event.length
    if (reader(event).some((delta) => isSemantic(delta) || delta.kind === 'finish')) return end
  }
  return end
}

const promptIn = ({ body }: ReceivedRequest): string => JSON.parse(body).contents[0].parts[0].text

/** A gateway whose first target cuts streams as the prompt says, and whose second one is well. */
const startCutting = async () => {
  const first = await startFakeUpstream()
  const second = await startFakeUpstream()
  first.always((request): Step => {
    const [name = '', atByte, by] = promptIn(request).split(' ')
    const bytes = samples.get(name)?.bytes ?? Buffer.alloc(0)
    const isCut = Number(atByte) < bytes.length
    return {
      events: [bytes],
      framing: by === 'end' ? 'close' : 'chunked',
      cut: isCut ? { atByte: Number(atByte), by: by === 'reset' ? 'reset' : 'end' } : undefined,
    }
  })
  second.always(geminiText(fallback, { stream: true }))
  const at = (url: string) => ({ kind: 'gemini', baseUrl: `${url}/v1beta`, apiKey: 'AIza-up' })
  const gateway = await startGateway(
    {
      providers: { cut: at(first.url), well: at(second.url) },
      models: {
        chat: {
          targets: ['cut/gemini-3.6-flash', 'well/gemini-3.6-flash'],
          policies: ['order'],
          retry: { sameTarget: 0 },
        },
      },
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

const ask = async ({ port }: GatewayUnderTest, { sample, atByte, by, caller }: Cut) => {
  const prompt = `${sample.name} ${atByte} ${by}`
  const path = caller === 'gemini' ? '/v1beta/models/chat:streamGenerateContent?alt=sse' : '/v1/chat/completions'
  const body =
    caller === 'gemini'
      ? { contents: [{ parts: [{ text: prompt }] }] }
      : { model: 'chat', stream: true, messages: [{ role: 'user', content: prompt }] }
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await answer.text()
  const events = readEvents(Buffer.from(text)).map(({ data }) => data)
  return { status: answer.status, id: answer.headers.get('x-request-id') ?? '', text, events }
}

const errorsIn = (events: readonly string[]): string[] =>
  events.flatMap((event) => {
    if (!event.startsWith('{"error"')) return []
    const { error, tollgate = error.tollgate } = JSON.parse(event)
    return [tollgate.code]
  })

const check = async (gateway: GatewayUnderTest, cut: Cut): Promise<void> => {
  const { status, id, text, events } = await ask(gateway, cut)
  assert.equal(status, 200)
  const { outcome, attempts } = await gateway.recordOf(id)
  const outcomes = attempts.map((line) => line.outcome)
  const errors = errorsIn(events)
  const ends = /"finish_?[rR]eason":\s?"\w/.test(text) || text.includes('[DONE]')
  if (cut.atByte >= cut.sample.bytes.length) assert.deepEqual([errors, ends, outcome], [[], true, 'ok'])
  else if (cut.atByte < beginningOf(cut.sample)) {
    assert.deepEqual([errors, ends, outcome, outcomes], [[], true, 'ok', ['ambiguous', 'ok']])
    assert.match(text, / this\./)
  } else {
    const code = cut.by === 'end' ? 'upstream_garbled' : 'upstream_unreachable'
    assert.deepEqual([errors, ends, outcome, outcomes], [[code], false, 'error', ['ambiguous']])
    assert.ok(events.at(-1)?.startsWith('{"error"'), 'the error comes last')
  }
}

const cutsOf = (names: readonly string[], how: Pick<Cut, 'by' | 'caller'>, step: number): Cut[] =>
  names.flatMap((name) => {
    const sample = samples.get(name)
    assert.ok(sample)
    const last = { sample, atByte: sample.bytes.length, ...how }
    const cuts = Array.from({ length: Math.ceil(sample.bytes.length / step) }, (_, at) => ({
      sample,
      atByte: at * step,
      ...how,
    }))
    return [...cuts, last]
  })

const cutting = async (cuts: readonly Cut[]): Promise<void> => {
  await using started = await startCutting()
  await inParallel(cuts, 50, (cut) =>
    check(started.gateway, cut).catch((error: Error) => {
      const { sample, atByte, by, caller } = cut
      throw new Error(`${sample.name} cut at ${atByte} by ${by} for ${caller}: ${error.message}`, { cause: error })
    }),
  )
}

describe('a stream of Gemini that is cut is answered by another target before its first word, and never looks whole after it', () => {
  test('closed in good order at every byte', () =>
    cutting(cutsOf(['text', 'call', 'safety'], { by: 'end', caller: 'gemini' }, 1)))
  test('closed in good order at every fifth byte, translated', () =>
    cutting(cutsOf(['text', 'thoughts', 'parallel-calls'], { by: 'end', caller: 'openai' }, 5)))
  test('reset at every fifth byte', () =>
    cutting(cutsOf(['thoughts', 'parallel-calls', 'search'], { by: 'reset', caller: 'gemini' }, 5)))
})

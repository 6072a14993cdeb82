import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Completion } from '../../core/completion.ts'
import { type Delta, isSemantic } from '../../core/delta.ts'
import {
  type FakeUpstream,
  openaiText,
  type ReceivedRequest,
  type Step,
  startFakeUpstream,
} from '../../testing/index.ts'
import { meaningOf } from '../../testing/meaning.ts'
import { readStreams } from '../../testing/samples.ts'
import { anthropicMessages } from '../../wire/anthropic-messages/index.ts'
import { openaiChat } from '../../wire/openai-chat/index.ts'
import { openaiResponses } from '../../wire/openai-responses/index.ts'
import { EventSplitter } from '../../wire/sse.ts'
import type { Wire } from '../../wire/wire.ts'
import { forgetful, type GatewayUnderTest, inParallel, startGateway } from '../faults/harness.ts'
import { post } from '../hostile/post.ts'

const prompt = (text: string) => [{ role: 'user', content: text }]

/** Callers of each language, and how they ask. */
const callers = {
  responses: { wire: openaiResponses, path: '/v1/responses', body: (text: string) => ({ input: prompt(text) }) },
  openai: {
    wire: openaiChat,
    path: '/v1/chat/completions',
    body: (text: string) => ({ messages: prompt(text), stream_options: { include_usage: true } }),
  },
  anthropic: {
    wire: anthropicMessages,
    path: '/v1/messages',
    body: (text: string) => ({ messages: prompt(text), max_tokens: 99 }),
  },
} as const
type Caller = keyof typeof callers

const streams = readStreams(new URL('../../wire/openai-responses/fixtures/streams/', import.meta.url))
/** What every language can tell. */
const told = streams.filter(({ name }) =>
  ['text', 'reasoning-encrypted', 'tools-parallel', 'refusal', 'cut-by-limit'].includes(name),
)

/** Where the first event ends that says something: from there on no other target may answer. */
const beginOf = (bytes: Buffer): number => {
  const reader = openaiResponses.reader('events')
  const splitter = new EventSplitter()
  let end = 0
  for (const event of splitter.split(splitter.push(bytes) ?? bytes)) {
    end += event.length
    if (reader(event).some((delta) => isSemantic(delta) || delta.kind === 'finish')) return end
  }
  assert.fail('it says nothing')
}

const read = (wire: Wire, text: string): readonly Delta[] => wire.reader('events')(Buffer.from(text))

const isWhole = (deltas: readonly Delta[]): boolean => {
  const completion = new Completion()
  for (const delta of deltas) completion.see(delta)
  return completion.missing(true) === undefined
}

/** Says the stream that the prompt names, so far as it says, in pieces of one byte or at once. */
const play = (request: ReceivedRequest): Step => {
  const [, name, atByte, by] = /"(play [^"]*)"/.exec(request.body)?.[1]?.split(' ') ?? []
  const bytes = streams.find((stream) => stream.name === name)?.bytes ?? Buffer.alloc(0)
  if (by === 'bytes') return { events: [bytes], split: 'bytes' }
  return {
    events: [bytes],
    framing: by === 'end' ? 'close' : 'chunked',
    cut: { atByte: Number(atByte), by: by === 'reset' ? 'reset' : 'end' },
  }
}

describe('streams of Responses', () => {
  let upstream: FakeUpstream
  let other: FakeUpstream
  let gateway: GatewayUnderTest

  before(async () => {
    upstream = await startFakeUpstream()
    other = await startFakeUpstream()
    upstream.always(play)
    other.always(openaiText('Another target says this.', { stream: true }))
    const apiKey = 'sk-up'
    gateway = await startGateway(
      {
        providers: {
          own: { kind: 'openai-responses', baseUrl: `${upstream.url}/v1`, apiKey },
          other: { kind: 'openai-compatible', baseUrl: `${other.url}/v1`, apiKey },
        },
        models: { chat: { targets: ['own/m', 'other/m'], policies: ['order'], retry: { sameTarget: 0 } } },
      },
      forgetful,
    )
  })
  after(async () => {
    await gateway?.[Symbol.asyncDispose]()
    await Promise.all([upstream.close(), other.close()])
  })

  const ask = (caller: Caller, text: string) => {
    const { path, body } = callers[caller]
    return post({ port: gateway.port, path, body: JSON.stringify({ model: 'chat', stream: true, ...body(text) }) })
  }

  for (const caller of Object.keys(callers) as Caller[]) {
    for (const { name, bytes } of told) {
      test(`${name} means the same to callers of ${caller}, byte by byte`, async () => {
        const { status, text } = await ask(caller, `play ${name} 0 bytes`)
        assert.equal(status, 200)
        const heard = meaningOf(read(callers[caller].wire, text))
        const said = meaningOf(read(openaiResponses, bytes.toString()))
        const words = ({ choices }: typeof said) =>
          choices[0]?.blocks
            .filter(({ text: told }) => told !== '')
            .map((block) => [block.kind === 'refusal' ? 'text' : block.kind, block.text])
        const plain = (meaning: typeof said) => words(meaning)?.map(([kind, told]) => `${kind}: ${told}`)
        assert.deepEqual(plain(heard), plain(said))
        assert.deepEqual([heard.usage?.input, heard.usage?.cacheRead], [said.usage?.input, said.usage?.cacheRead])
        if (caller === 'responses')
          assert.equal(text.replaceAll(/^: tollgate .*\n\n/gm, ''), bytes.toString(), 'bytes pass untouched')
      })

      test(`${name} is never whole for callers of ${caller} when it is cut`, { timeout: 60_000 }, async () => {
        const begins = beginOf(bytes)
        const step = Math.max(1, Math.floor(bytes.length / 60))
        const cuts = Array.from({ length: Math.ceil(bytes.length / step) }, (_, index) => index * step)
        await inParallel([...cuts, begins - 1, begins, bytes.length - 1], 8, async (atByte) => {
          for (const by of ['end', 'reset', 'chunked']) {
            const { status, text } = await ask(caller, `play ${name} ${atByte} ${by}`)
            assert.equal(status, 200)
            const deltas = read(callers[caller].wire, text)
            if (atByte < begins) {
              assert.ok(isWhole(deltas), `${by} at ${atByte}: another target answers`)
              assert.equal(meaningOf(deltas).choices[0]?.blocks[0]?.text, 'Another target says this.')
            } else {
              assert.ok(!isWhole(deltas), `${by} at ${atByte}`)
              assert.equal(deltas.at(-1)?.kind, 'failure', `${by} at ${atByte}`)
            }
          }
        })
      })
    }
  }
})

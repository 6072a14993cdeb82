import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Delta } from '../../core/delta.ts'
import type { JsonObject } from '../../core/json.ts'
import { meaningOf } from '../../testing/meaning.ts'
import { readStreams, readWholes } from '../../testing/samples.ts'
import { plainRequest } from '../../testing/wire-suite.ts'
import { readEvents } from '../sse.ts'
import { openaiChat } from './index.ts'

const streams = readStreams(new URL('./fixtures/streams/', import.meta.url))
const failing = readStreams(new URL('./fixtures/failing/', import.meta.url))
const wholes = readWholes(new URL('./fixtures/wholes/', import.meta.url))

const sample = (list: readonly { name: string; bytes: Buffer }[], name: string): Buffer => {
  const found = list.find((one) => one.name === name)
  assert.ok(found, name)
  return found.bytes
}
const stream = (name: string): readonly Delta[] => openaiChat.reader('events')(sample(streams, name))
const blocks = (deltas: readonly Delta[]) => JSON.parse(JSON.stringify(meaningOf(deltas).choices[0]?.blocks))
const finishes = (deltas: readonly Delta[]) => deltas.filter((delta) => delta.kind === 'finish')

const chunk = (delta: JsonObject, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'a', model: 'm', choices: [{ index: 0, delta, finish_reason }] })}\n\n`
const readChunks = (...chunks: string[]): readonly Delta[] => openaiChat.reader('events')(Buffer.from(chunks.join('')))

const write = (deltas: readonly Delta[], more = {}): JsonObject[] => {
  const writer = openaiChat.writer('events', plainRequest('openai-chat', more))
  const text = deltas.map((delta) => writer.write(delta)).join('') + writer.end()
  return readEvents(Buffer.from(text)).flatMap(({ data }) => (data === '[DONE]' ? [] : [JSON.parse(data)]))
}
const deltaOf = (written: JsonObject | undefined): JsonObject =>
  (written?.choices as { delta: JsonObject }[] | undefined)?.[0]?.delta ?? {}
const start: Delta = { kind: 'start', id: '', model: 'm', created: 5 }
const stop: Delta = { kind: 'finish', choice: 0, reason: 'stop' }

describe('a stream is read', () => {
  test('from Gemini’s compatible door with every call on its own, waiting for their results', () => {
    assert.deepEqual(blocks(stream('tools-gemini')), [
      { kind: 'tool_call', text: '{"city":"Paris"}', facts: { id: 'function-call-101', name: 'get_weather' } },
      { kind: 'tool_call', text: '{"city":"Rom"}', facts: { id: 'function-call-102', name: 'get_weather' } },
    ])
    assert.deepEqual(finishes(stream('tools-gemini'))[0]?.reason, 'tool_calls')
  })

  test('from OpenRouter with thinking told once, and its signature', () => {
    assert.deepEqual(blocks(stream('reasoning-openrouter')), [
      {
        kind: 'reasoning',
        text: 'The user greets me.',
        facts: { signature: 'EqQBCkgIARABGAIiQL3+', origin: 'anthropic-claude-v1' },
      },
      { kind: 'text', text: 'Hello there', facts: {} },
    ])
  })

  test('from Mistral with thinking that comes as parts of the content', () => {
    assert.deepEqual(
      blocks(stream('reasoning-mistral')).map(({ kind, text }: { kind: string; text: string }) => [kind, text]),
      [
        ['reasoning', 'Ich rechne.'],
        ['text', 'Drei.'],
      ],
    )
  })

  test('from vLLM with the stop sequence that was met', () => {
    const [finish] = finishes(stream('stop-sequence-vllm'))
    assert.deepEqual([finish?.reason, finish?.stopSequence, finish?.native], ['stop_sequence', '\n\nEND', 'stop'])
  })

  test('from Groq with the usage that stands in a place of its own', () => {
    assert.equal(meaningOf(stream('usage-groq')).usage?.output, 4)
  })

  test('from Azure, whose first frame is no answer yet', () => {
    const deltas = stream('azure-filters')
    assert.deepEqual(deltas[0], {
      kind: 'start',
      id: 'chatcmpl-Az01',
      model: 'gpt-5-mini-2026-02-03',
      created: 1794123510,
    })
    assert.equal(meaningOf(deltas).opaque.length, 2)
  })

  test('with text that goes on after a tool call as a new part', () => {
    const call = { index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }
    const deltas = readChunks(chunk({ content: 'One' }), chunk({ tool_calls: [call] }), chunk({ content: 'Two' }))
    assert.deepEqual(
      blocks(deltas).map(({ text }: { text: string }) => text),
      ['One', '{}', 'Two'],
    )
  })

  test('with an id for a call whose provider gave none, and arguments that came before the name', () => {
    const deltas = readChunks(
      chunk({ tool_calls: [{ index: 0, function: { arguments: '{"a"' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { name: 'f', arguments: ':1}' } }] }),
    )
    const [call] = blocks(deltas)
    assert.deepEqual([call.text, call.facts.name], ['{"a":1}', 'f'])
    assert.match(call.facts.id, /^call_.{24}$/)
  })

  test('as malformed when a tool call never gets a name', () => {
    const nameless = chunk({ tool_calls: [{ index: 0, id: 'a', function: { arguments: '{}' } }] })
    assert.throws(() => readChunks(nameless, chunk({}, 'tool_calls')), { code: 'upstream_garbled' })
  })

  test('with a word for the finish that is not known kept as it is', () => {
    const [finish] = finishes(readChunks(chunk({ content: 'x' }), chunk({}, 'abort')))
    assert.deepEqual([finish?.reason, finish?.native], ['other', 'abort'])
  })

  for (const [name, code, outcome] of [
    ['openai-server-error', 'upstream_failed', 'server'],
    ['openrouter-disconnected', 'upstream_failed', 'server'],
    ['groq-tool-use-failed', 'upstream_rejected', 'caller'],
    ['vllm-context', 'upstream_rejected', 'context'],
    ['deepseek-resources', 'upstream_failed', 'server'],
  ] as const) {
    test(`with the failure of ${name} as ${outcome}`, () => {
      const failure = openaiChat.reader('events')(sample(failing, name)).at(-1)
      assert.ok(failure?.kind === 'failure')
      assert.deepEqual([failure.error.code, failure.error.details.outcome], [code, outcome])
    })
  }

  for (const [error, outcome] of [
    [{ type: 'rate_limit_error' }, 'throttled'],
    [{ code: 'insufficient_quota' }, 'quota'],
    [{ code: 'context_length_exceeded' }, 'context'],
    [{ type: 'overloaded_error' }, 'server'],
    [{ code: 429 }, 'throttled'],
    [{ code: '401' }, 'auth'],
    [{ message: 'Something odd' }, 'server'],
  ] as const) {
    test(`with an error inside, ${JSON.stringify(error)}, as ${outcome}`, () => {
      const [failure] = readChunks(`data: ${JSON.stringify({ error })}\n\n`)
      assert.ok(failure?.kind === 'failure')
      assert.equal(failure.error.details.outcome, outcome)
    })
  }
})

describe('a whole answer is read', () => {
  test('with a call from before tool_calls as a tool call', () => {
    const deltas = openaiChat.reader('whole')(sample(wholes, 'function-call-legacy'))
    assert.equal(blocks(deltas)[0].facts.name, 'get_weather')
    assert.deepEqual(finishes(deltas)[0]?.reason, 'tool_calls')
  })

  test('as a failure when it tells an error with status 200', () => {
    const [failure] = openaiChat.reader('whole')(Buffer.from('{"error":{"message":"x","code":503}}'))
    assert.ok(failure?.kind === 'failure')
    assert.equal(failure.error.code, 'upstream_overloaded')
  })

  test('as malformed when it is no chat completion', () => {
    for (const body of ['{"choices":[]}', '{"object":"list","data":[]}', '{"choices":[{"text":"x"}]}', '']) {
      assert.throws(() => openaiChat.reader('whole')(Buffer.from(body)), { code: 'upstream_garbled' })
    }
  })
})

describe('a stream is written', () => {
  test('with the role first and once for each choice', () => {
    const text = (choice: number, said: string): Delta => ({ kind: 'text', choice, block: 0, text: said })
    const chunks = write([start, text(0, 'a'), text(1, 'b'), text(0, 'c'), stop, { ...stop, choice: 1 }])
    assert.deepEqual(chunks.map(deltaOf), [
      { role: 'assistant', content: 'a' },
      { role: 'assistant', content: 'b' },
      { content: 'c' },
      {},
      {},
    ])
  })

  test('with usage before the end only for those who asked', () => {
    const usage: Delta = { kind: 'usage', usage: meaningOf(stream('text')).usage as never }
    assert.deepEqual(write([start, stop, usage], { wantsUsage: true }).at(-1)?.choices, [])
    assert.equal(write([start, stop, usage], { wantsUsage: false }).length, 1)
  })

  test('with an id of its own where the answer has none', () => {
    const [first] = write([start, stop])
    assert.match(String(first?.id), /^chatcmpl-.{24}$/)
    assert.deepEqual([first?.created, first?.model, first?.object], [5, 'm', 'chat.completion.chunk'])
  })

  test('with thinking of another wire as text for all, and its proof for the way back', () => {
    const origin = 'anthropic-messages'
    const deltas: Delta[] = [
      start,
      { kind: 'reasoning', choice: 0, block: 0, text: 'Hm', origin },
      { kind: 'reasoning', choice: 0, block: 0, text: '', signature: 'sig', origin },
      { kind: 'reasoning', choice: 0, block: 1, text: '', redacted: 'xyz', origin },
      { kind: 'text', choice: 0, block: 2, text: 'Hi' },
      stop,
    ]
    const told = write(deltas).map(deltaOf)
    assert.deepEqual(told.slice(0, 3), [
      {
        role: 'assistant',
        content: '',
        reasoning_content: 'Hm',
        reasoning_details: [{ type: 'reasoning.text', text: 'Hm', format: origin, index: 0 }],
      },
      { reasoning_details: [{ type: 'reasoning.text', text: '', signature: 'sig', format: origin, index: 0 }] },
      { reasoning_details: [{ type: 'reasoning.encrypted', data: 'xyz', format: origin, index: 1 }] },
    ])
  })

  test('and a whole answer too, with thinking that is read back as it was', () => {
    const writer = openaiChat.writer('whole', plainRequest('openai-chat'))
    const origin = 'anthropic-messages'
    const deltas: Delta[] = [
      start,
      { kind: 'reasoning', choice: 0, block: 0, text: 'Hm', signature: 'sig', origin },
      { kind: 'reasoning', choice: 0, block: 1, text: '', redacted: 'xyz', origin },
      { kind: 'text', choice: 0, block: 2, text: 'Hi' },
      stop,
    ]
    for (const delta of deltas) assert.equal(writer.write(delta), '')
    const { message } = JSON.parse(writer.end()).choices[0]
    const messages = [{ role: 'user', content: 'x' }, message]
    const { chat, untranslatable } = openaiChat.readRequest({ model: 'm', messages }, { operation: 'chat' })
    assert.deepEqual(untranslatable, [])
    assert.deepEqual(JSON.parse(JSON.stringify(chat.messages[1]?.parts)), [
      { kind: 'reasoning', text: 'Hm', signature: 'sig', origin },
      { kind: 'reasoning', text: '', redacted: 'xyz', origin },
      { kind: 'text', text: 'Hi' },
    ])
  })

  test('with citations of web pages from any wire, and no others', () => {
    const cited = { kind: 'annotation', choice: 0, block: 0, origin: 'anthropic-messages', raw: { type: 'x' } } as const
    const chunks = write([start, { ...cited, url: 'https://a.b', title: 'A' }, cited, stop])
    const annotation = {
      type: 'url_citation',
      url_citation: { url: 'https://a.b', title: 'A', start_index: 0, end_index: 0 },
    }
    assert.deepEqual(deltaOf(chunks[0]).annotations, [annotation])
    assert.equal(chunks.length, 2)
  })
})

describe('what matters in a stream', () => {
  test('is not in plain text, whatever it says', () => {
    for (const content of ['hello', 'a "usage": 1 "error": x', '"finish_reason":"stop"']) {
      assert.equal(openaiChat.matters(Buffer.from(chunk({ content }))), false)
    }
  })

  test('is not in fields that are null or empty, with or without spaces', () => {
    const text =
      'data: {"usage": null, "error" : null, "choices": [{"finish_reason":null,"delta":{"tool_calls": []}}]}\n\n'
    assert.equal(openaiChat.matters(Buffer.from(text)), false)
  })

  test('is a finish, usage, a tool call, an error or the end, also after others that are not', () => {
    const quiet = chunk({ content: 'x' })
    for (const loud of [
      chunk({}, 'stop'),
      'data: {"usage" : {"prompt_tokens":1}}\n\n',
      'data: {"tool_calls":[{"index":0}]}\n\n',
      'data: {"function_call":{"arguments":"{"}}\n\n',
      'data: {"error":"x"}\n\n',
      'event: error\ndata: {}\n\n',
      'data: [DONE]\n\n',
      'data:[DONE]\n\n',
    ]) {
      assert.equal(openaiChat.matters(Buffer.from(loud)), true, loud)
      assert.equal(openaiChat.matters(Buffer.from(quiet + loud)), true, loud)
    }
  })
})

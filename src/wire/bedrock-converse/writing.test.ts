import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Delta } from '../../core/delta.ts'
import { wrapInEnvelope } from '../../core/envelope.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Chat, Part, Request } from '../../core/request.ts'
import { readAwsStreams } from '../../testing/samples.ts'
import { plainRequest, plainTarget } from '../../testing/wire-suite.ts'
import { bedrockConverse } from './index.ts'

const user = (...parts: Part[]): Chat['messages'][number] => ({ role: 'user', parts })
const says = (text: string): Part => ({ kind: 'text', text })

/** What is sent for a question of OpenAI's language. */
const sent = (
  chat: Partial<Chat>,
  model = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  more: Partial<Request> = {},
): JsonObject => {
  const plain = plainRequest('openai-chat', more)
  return JSON.parse(
    bedrockConverse.writeRequest({ ...plain, chat: { ...plain.chat, ...chat } }, { ...plainTarget(), model }),
  )
}

const refused = (chat: Partial<Chat>, field: RegExp, model?: string): void =>
  assert.throws(
    () => sent(chat, model),
    (error: { details?: { outcome?: string }; message: string }) => {
      assert.equal(error.details?.outcome, 'incapable')
      return field.test(error.message)
    },
  )

const tool = { name: 'f', parameters: { type: 'object' } } as const
const call: Part = { kind: 'tool_call', id: 'call|1', name: 'f', arguments: '{"a":1}' }
const result: Part = { kind: 'tool_result', id: 'call|1', parts: [says('one')] }

describe('a question of another language, asked of Bedrock', () => {
  test('has calls and results of tools under one id that Amazon accepts', () => {
    const messages = [
      user(says('Hi')),
      { role: 'assistant', parts: [call] },
      { role: 'tool', parts: [result] },
      user(says('So?')),
    ] as const
    const { messages: told } = sent({ messages, tools: [tool] })
    const id = `tollgate_${Buffer.from('call|1').toString('base64url')}`
    assert.deepEqual((told as JsonObject[]).slice(1), [
      { role: 'assistant', content: [{ toolUse: { toolUseId: id, name: 'f', input: { a: 1 } } }] },
      { role: 'user', content: [{ toolResult: { toolUseId: id, content: [{ text: 'one' }] } }, { text: 'So?' }] },
    ])
  })

  test('shortens ids that are too long, alike for a call and its result', () => {
    const id = 'x'.repeat(200)
    const messages = [
      user(says('Hi')),
      { role: 'assistant', parts: [{ ...call, id }] },
      { role: 'tool', parts: [{ ...result, id }] },
    ] as const
    const ids = JSON.stringify(sent({ messages, tools: [tool] })).match(/"toolUseId":"[^"]+"/g)
    assert.equal(ids?.length, 2)
    assert.equal(ids[0], ids[1])
    assert.ok((ids[0]?.length ?? 0) < 80)
  })

  test('is refused where it has calls of tools and offers none', () => {
    const messages = [
      user(says('Hi')),
      { role: 'assistant', parts: [call] },
      { role: 'tool', parts: [result] },
    ] as const
    refused({ messages }, /offers none/)
    refused({ messages, tools: [tool], toolChoice: { kind: 'none' } }, /offers none/)
  })

  test('that may call no tool offers none', () => {
    assert.equal(sent({ tools: [tool], toolChoice: { kind: 'none' } }).toolConfig, undefined)
  })

  test('offers only the tools that are allowed, and forces one', () => {
    const tools = [tool, { ...tool, name: 'g' }]
    const { toolConfig } = sent({ tools, toolChoice: { kind: 'allowed', mode: 'required', names: ['g'] } })
    assert.deepEqual(toolConfig, {
      tools: [{ toolSpec: { name: 'g', inputSchema: { json: { type: 'object' } } } }],
      toolChoice: { any: {} },
    })
    refused({ tools, parallelTools: false }, /parallel_tool_calls/)
  })

  test('gives documents names that Amazon accepts and that differ', () => {
    const file = {
      kind: 'file',
      name: 'a_b  report.v2.pdf',
      source: { kind: 'data', data: 'JVBERi0=', mediaType: 'application/pdf' },
    } as const
    const [message] = sent({ messages: [user(says('Read'), file, file, { ...file, name: undefined })] })
      .messages as JsonObject[]
    const documents = (message?.content ?? []) as { document?: { name: string } }[]
    assert.deepEqual(
      documents.flatMap(({ document }) => document?.name ?? []),
      ['a-b report-v2', 'a-b report-v2 (2)', 'document'],
    )
  })

  test('is refused for what Amazon would have to fetch, except from its own store', () => {
    const at = (url: string): Partial<Chat> => ({ messages: [user({ kind: 'image', source: { kind: 'url', url } })] })
    refused(at('https://example.com/a.png'), /an image by its address/)
    const [message] = sent(at('s3://bucket/a.jpg')).messages as JsonObject[]
    assert.deepEqual(message?.content, [
      { image: { format: 'jpeg', source: { s3Location: { uri: 's3://bucket/a.jpg' } } } },
    ])
    refused(at('s3://bucket/a'), /format is not told/)
  })

  test('asks each maker’s models to think in their own words', () => {
    const low: Partial<Chat> = { reasoning: { effort: 'low' } }
    assert.deepEqual(sent(low).additionalModelRequestFields, { thinking: { type: 'enabled', budget_tokens: 2048 } })
    const adaptive = sent(low, 'anthropic.claude-sonnet-5')
    assert.deepEqual(
      [adaptive.additionalModelRequestFields, adaptive.outputConfig],
      [{ thinking: { type: 'adaptive' } }, { effort: 'low' }],
    )
    assert.deepEqual(sent(low, 'us.amazon.nova-2-lite-v1:0').additionalModelRequestFields, {
      reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' },
    })
    assert.deepEqual(sent(low, 'openai.gpt-oss-120b-1:0').additionalModelRequestFields, { reasoning_effort: 'low' })
    refused(low, /reasoning_effort/, 'meta.llama3-3-70b-instruct-v1:0')
  })

  test('leaves room for an answer beside the thinking when its output is capped', () => {
    const body = sent({ reasoning: { mode: 'on', budget: 8000 }, maxOutput: 20_000 }, undefined, { outputCap: 4000 })
    assert.deepEqual(body.inferenceConfig, { maxTokens: 4000 })
    assert.deepEqual(body.additionalModelRequestFields, { thinking: { type: 'enabled', budget_tokens: 2000 } })
  })

  test('asks Claude which text ended its answer', () => {
    assert.deepEqual(sent({ stop: ['END'] }).additionalModelResponseFieldPaths, [
      '/stop_sequence',
      '/delta/stop_sequence',
    ])
    assert.equal(sent({ stop: ['END'] }, 'amazon.nova-lite-v1:0').additionalModelResponseFieldPaths, undefined)
  })

  test('marks what is to be kept in the prompt cache as far as the model takes marks', () => {
    const messages = [user({ kind: 'text', text: 'Long.', cache: 'long' })]
    const tools = [{ ...tool, cache: 'short' }] as const
    const marksOf = (model: string) => JSON.stringify(sent({ messages, tools }, model)).match(/"cachePoint":\{[^}]*\}/g)
    const short = '"cachePoint":{"type":"default"}'
    assert.deepEqual(marksOf('anthropic.claude-sonnet-5'), ['"cachePoint":{"type":"default","ttl":"1h"}', short])
    assert.deepEqual(marksOf('amazon.nova-lite-v1:0'), [short])
    assert.equal(marksOf('meta.llama3-3-70b-instruct-v1:0'), null)
  })

  test('is refused for every wish without a word there', () => {
    refused({ choices: 2 }, /^n cannot/)
    refused({ logProbs: { top: 0 } }, /logprobs/)
    refused({ seed: 1 }, /seed/)
    refused({ format: { kind: 'json' } }, /json_object/)
    refused({ temperature: 1.5 }, /temperature/)
    refused({ topK: 5 }, /top_k/, 'meta.llama3-3-70b-instruct-v1:0')
    refused({ serviceTier: 'scale' }, /service_tier scale/)
    refused({ messages: [user({ kind: 'opaque', wire: 'openai-chat', value: {} })] }, /only openai-chat knows/)
  })

  test('keeps labels that Amazon’s log takes', () => {
    const metadata = { team: 'shop', note: 'a|b', count: 3, tollgate: '{}' }
    assert.deepEqual(sent({ metadata }).requestMetadata, { team: 'shop' })
  })
})

describe('thinking of another maker', () => {
  const door = { operation: 'chat', model: 'm' } as const
  const sealed = wrapInEnvelope('anthropic-messages', 'proof')
  const thoughts: JsonObject[] = [
    { reasoningContent: { reasoningText: { text: 'Hm.', signature: sealed } } },
    { reasoningContent: { redactedContent: Buffer.from(sealed).toString('base64') } },
  ]
  const body: JsonObject = {
    messages: [
      { role: 'user', content: [{ text: 'Hi' }] },
      {
        role: 'assistant',
        content: [...thoughts, { text: 'Hello' }],
      },
      { role: 'user', content: [{ text: 'On' }] },
    ],
  }

  test('is told sealed, and known again by its seal', () => {
    const writer = bedrockConverse.writer('whole', plainRequest('anthropic-messages'))
    const thought = { kind: 'reasoning', choice: 0, origin: 'anthropic-messages' } as const
    const deltas: Delta[] = [
      { ...thought, block: 0, text: 'Hm.' },
      { ...thought, block: 0, text: '', signature: 'proof' },
      { ...thought, block: 1, text: '', redacted: 'proof' },
      { kind: 'finish', choice: 0, reason: 'stop' },
    ]
    for (const delta of deltas) writer.write(delta)
    const told = JSON.parse(writer.end()).output.message.content
    assert.deepEqual(told, thoughts)
    const { chat, foreignReasoning } = bedrockConverse.readRequest(body, door)
    assert.equal(foreignReasoning, true)
    assert.deepEqual(chat.messages[1]?.parts.slice(0, 2), [
      { kind: 'reasoning', text: 'Hm.', signature: 'proof', origin: 'anthropic-messages' },
      { kind: 'reasoning', text: '', redacted: 'proof', origin: 'anthropic-messages' },
    ])
  })

  test('does not go to Bedrock, in a body of its own language neither', () => {
    const request = bedrockConverse.readRequest(body, door)
    for (const each of [request, { ...request, body: undefined }]) {
      const { messages } = JSON.parse(bedrockConverse.writeRequest(each, plainTarget()))
      assert.deepEqual(messages[1].content, [{ text: 'Hello' }])
    }
  })
})

describe('an answer of Bedrock', () => {
  test('that reached its limit in the middle of a tool call is complete, and its input is empty as a whole', () => {
    const [cut] = readAwsStreams(new URL('./fixtures/cut/', import.meta.url))
    const deltas = bedrockConverse.reader('events')(cut?.bytes ?? Buffer.alloc(0))
    assert.equal(deltas.at(-1)?.kind, 'end')
    const writer = bedrockConverse.writer('whole', plainRequest('x'))
    for (const delta of deltas) writer.write(delta)
    const { stopReason, output } = JSON.parse(writer.end())
    assert.deepEqual([stopReason, output.message.content[0].toolUse.input], ['max_tokens', {}])
  })

  test('says which model and id only as far as Amazon does: not at all', () => {
    const [start] = bedrockConverse.reader('whole')(
      Buffer.from(
        JSON.stringify({
          output: { message: { role: 'assistant', content: [{ text: 'a' }] } },
          stopReason: 'end_turn',
        }),
      ),
    )
    assert.deepEqual(start, { kind: 'start', id: '', model: '' })
  })

  test('tells citations of the web that another maker found', () => {
    const writer = bedrockConverse.writer('whole', plainRequest('x'))
    writer.write({ kind: 'text', choice: 0, block: 0, text: 'So.' })
    writer.write({
      kind: 'annotation',
      choice: 0,
      block: 0,
      url: 'https://a.example',
      title: 'A',
      origin: 'openai-chat',
      raw: {},
    })
    writer.write({ kind: 'finish', choice: 0, reason: 'stop' })
    assert.deepEqual(JSON.parse(writer.end()).output.message.content, [
      {
        citationsContent: {
          content: [{ text: 'So.' }],
          citations: [{ title: 'A', location: { web: { url: 'https://a.example' } } }],
        },
      },
    ])
  })
})

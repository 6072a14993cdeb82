import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { callOf } from '../testing/sample-calls.ts'
import { anthropicMessages } from '../wire/anthropic-messages/index.ts'
import { bedrockConverse } from '../wire/bedrock-converse/index.ts'
import { gemini } from '../wire/gemini/index.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import { openaiEmbeddings } from '../wire/openai-embeddings/index.ts'
import { openaiResponses } from '../wire/openai-responses/index.ts'
import type { Door, Wire } from '../wire/wire.ts'
import { type FingerprintOptions, identityOf } from './fingerprint.ts'
import type { JsonObject } from './json.ts'

const options: FingerprintOptions = {
  secret: Buffer.alloc(32, 7),
  scope: 'team',
  route: { name: 'chat', identity: 'targets', readsCaller: false },
  normalize: false,
}

const doors = new Map<Wire, Door>([
  [gemini, { operation: 'chat', model: 'chat', stream: false }],
  [bedrockConverse, { operation: 'chat', model: 'chat', stream: true }],
  [openaiEmbeddings, { operation: 'embed' }],
])

const keyOf = (wire: Wire, body: JsonObject): string => {
  const request = wire.readRequest(body, doors.get(wire) ?? { operation: 'chat' })
  return identityOf({ ...callOf(), request }, options).key
}

type Bodies = readonly (readonly [Wire, JsonObject])[]

const schema = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer' } },
  required: ['city', 'days'],
  additionalProperties: false,
}

const model = 'chat'
const system = 'Be brief.'
const question = 'Grüße aus Köln: what is the weather there?'

const settings: Bodies = [
  [
    openaiChat,
    {
      model,
      messages: [
        { role: 'system', content: system },
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: 'Hi.' },
        { role: 'user', content: [{ type: 'text', text: question }] },
      ],
      max_completion_tokens: 64,
      temperature: 0.5,
      top_p: 0.9,
      stop: ['END'],
      stream: true,
      stream_options: { include_usage: true },
      user: 'ada',
      metadata: { trace: '1' },
      prompt_cache_key: 'p',
    },
  ],
  [
    anthropicMessages,
    {
      model,
      system: [{ type: 'text', text: system, cache_control: { type: 'ephemeral' } }],
      messages: [
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: 'Hi.' },
        { role: 'user', content: question },
      ],
      max_tokens: 64,
      temperature: 0.5,
      top_p: 0.9,
      stop_sequences: ['END'],
      metadata: { user_id: 'grace' },
    },
  ],
  [
    gemini,
    {
      system_instruction: { parts: [{ text: system }] },
      contents: [
        { role: 'user', parts: [{ text: 'Hello' }] },
        { role: 'model', parts: [{ text: 'Hi.' }] },
        { role: 'user', parts: [{ text: question }] },
      ],
      generationConfig: { maxOutputTokens: 64, temperature: 0.5, topP: 0.9, stopSequences: ['END'] },
    },
  ],
  [
    bedrockConverse,
    {
      system: [{ text: system }, { cachePoint: { type: 'default' } }],
      messages: [
        { role: 'user', content: [{ text: 'Hello' }] },
        { role: 'assistant', content: [{ text: 'Hi.' }] },
        { role: 'user', content: [{ text: question }] },
      ],
      inferenceConfig: { maxTokens: 64, temperature: 0.5, topP: 0.9, stopSequences: ['END'] },
      requestMetadata: { team: 'shop' },
    },
  ],
]

const talk: Bodies = [
  [
    openaiChat,
    {
      model,
      messages: [
        { role: 'system', content: system },
        { role: 'user', content: question },
      ],
      temperature: 0,
    },
  ],
  [
    openaiResponses,
    { model, instructions: system, input: question, temperature: 0, store: true, truncation: 'disabled' },
  ],
  [
    openaiResponses,
    {
      model,
      input: [
        { type: 'message', role: 'system', content: system },
        { role: 'user', content: [{ type: 'input_text', text: question }] },
      ],
      temperature: 0,
      stream: true,
    },
  ],
  [
    gemini,
    {
      systemInstruction: { parts: [{ text: system }] },
      contents: [{ parts: [{ text: question }] }],
      generationConfig: { temperature: 0 },
    },
  ],
  [
    bedrockConverse,
    {
      system: [{ text: system }],
      messages: [{ role: 'user', content: [{ text: question }] }],
      inferenceConfig: { temperature: 0 },
    },
  ],
]

const call = { city: 'Köln', days: 2 }
const tool = { name: 'weather', description: 'The weather' }

const tools: Bodies = [
  [
    openaiChat,
    {
      model,
      max_tokens: 9,
      tools: [{ type: 'function', function: { ...tool, parameters: schema } }],
      tool_choice: 'auto',
      messages: [
        { role: 'user', content: question },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'call_1', type: 'function', function: { name: 'weather', arguments: JSON.stringify(call) } },
          ],
        },
        { role: 'tool', tool_call_id: 'call_1', content: 'Rain' },
      ],
    },
  ],
  [
    openaiResponses,
    {
      model,
      max_output_tokens: 9,
      tools: [{ type: 'function', ...tool, parameters: schema }],
      tool_choice: 'auto',
      input: [
        { role: 'user', content: question },
        { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: JSON.stringify(call) },
        { type: 'function_call_output', call_id: 'call_1', output: 'Rain' },
      ],
    },
  ],
  [
    anthropicMessages,
    {
      model,
      max_tokens: 9,
      tools: [{ ...tool, input_schema: schema }],
      tool_choice: { type: 'auto' },
      messages: [
        { role: 'user', content: question },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', name: 'weather', input: call }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: 'Rain' }] },
      ],
    },
  ],
  [
    gemini,
    {
      generationConfig: { maxOutputTokens: 9 },
      tools: [{ functionDeclarations: [{ ...tool, parametersJsonSchema: schema }] }],
      toolConfig: { functionCallingConfig: { mode: 'AUTO' } },
      contents: [
        { role: 'user', parts: [{ text: question }] },
        { role: 'model', parts: [{ functionCall: { id: 'call_1', name: 'weather', args: call } }] },
        {
          role: 'user',
          parts: [{ functionResponse: { id: 'call_1', name: 'weather', response: { output: 'Rain' } } }],
        },
      ],
    },
  ],
  [
    bedrockConverse,
    {
      inferenceConfig: { maxTokens: 9 },
      toolConfig: { tools: [{ toolSpec: { ...tool, inputSchema: { json: schema } } }], toolChoice: { auto: {} } },
      messages: [
        { role: 'user', content: [{ text: question }] },
        { role: 'assistant', content: [{ toolUse: { toolUseId: 'call_1', name: 'weather', input: call } }] },
        { role: 'user', content: [{ toolResult: { toolUseId: 'call_1', content: [{ text: 'Rain' }] } }] },
      ],
    },
  ],
]

const png = 'iVBORw0KGgo='

const shaped: Bodies = [
  [
    openaiChat,
    {
      model,
      max_tokens: 9,
      response_format: { type: 'json_schema', json_schema: { name: 'output', schema, strict: true } },
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: question },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } },
          ],
        },
      ],
    },
  ],
  [
    anthropicMessages,
    {
      model,
      max_tokens: 9,
      output_config: { format: { type: 'json_schema', schema } },
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: question },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
          ],
        },
      ],
    },
  ],
  [
    gemini,
    {
      generationConfig: { maxOutputTokens: 9, responseMimeType: 'application/json', responseJsonSchema: schema },
      contents: [{ parts: [{ text: question }, { inlineData: { mimeType: 'image/png', data: png } }] }],
    },
  ],
  [
    bedrockConverse,
    {
      inferenceConfig: { maxTokens: 9 },
      outputConfig: {
        textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: JSON.stringify(schema) } } },
      },
      messages: [{ role: 'user', content: [{ text: question }, { image: { format: 'png', source: { bytes: png } } }] }],
    },
  ],
]

describe('the same question in all languages has one key', () => {
  for (const [name, bodies] of Object.entries({ settings, talk, tools, shaped }))
    test(name, () => {
      const keys = bodies.map(([wire, body]) => `${wire.name} ${keyOf(wire, body)}`)
      assert.equal(new Set(keys.map((key) => key.split(' ')[1])).size, 1, keys.join('\n'))
    })
})

describe('what only one language can say', () => {
  const plain = talk.map(([wire, body]) => [wire, body] as const)

  test('gives the question a key of that language, that differs with it', () => {
    const keys = new Set(plain.map(([wire, body]) => keyOf(wire, body)))
    assert.equal(keys.size, 1)
    for (const [wire, body] of plain)
      for (const value of ['one', 'two', 1, true, {}, { a: [] }]) {
        const key = keyOf(wire, { ...body, x_tomorrow: value })
        assert.ok(!keys.has(key), `${wire.name} ${JSON.stringify(value)}`)
        keys.add(key)
      }
  })

  test('leaves out what asks for nothing all the same', () => {
    const body: JsonObject = { ...talk[0]?.[1], verbosity: 'low' }
    const more = { user: 'ada', metadata: { a: '1' }, stream: true, stream_options: {}, prompt_cache_key: 'p' }
    assert.equal(keyOf(openaiChat, body), keyOf(openaiChat, { ...body, ...more, safety_identifier: 's' }))
    assert.notEqual(keyOf(openaiChat, body), keyOf(openaiChat, { ...body, verbosity: 'high' }))
  })

  test('is also what neutral words hold only roughly', () => {
    const differs: readonly (readonly [Wire, JsonObject, JsonObject])[] = [
      [openaiResponses, { reasoning: { summary: 'auto' } }, { reasoning: { summary: 'detailed' } }],
      [openaiResponses, {}, { include: ['reasoning.encrypted_content'] }],
      [openaiChat, { max_completion_tokens: 5 }, { max_completion_tokens: 5, max_tokens: 6 }],
      [openaiChat, { thinking: { type: 'enabled' } }, { thinking: { type: 'enabled', x: 1 } }],
      [openaiChat, { response_format: { type: 'text' } }, { response_format: { type: 'text', x: 1 } }],
    ]
    for (const [wire, one, other] of differs) {
      const body = plain.find(([each]) => each === wire)?.[1]
      assert.notEqual(keyOf(wire, { ...body, ...one }), keyOf(wire, { ...body, ...other }), JSON.stringify(other))
    }
  })
})

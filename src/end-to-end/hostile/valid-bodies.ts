import fc from 'fast-check'
import type { Language } from '../faults/client.ts'

type Json = Record<string, unknown>

/** Text of whole characters, some of them odd. */
const text = fc.string({ unit: 'grapheme', maxLength: 40 })
const filled = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
const name = fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/)
const id = fc.stringMatching(/^[a-zA-Z0-9_-]{4,20}$/)
const share = fc.double({ min: 0, max: 1, noNaN: true })
const base64 = fc.base64String({ minLength: 4, maxLength: 40 })
const url = fc.webUrl({ validSchemes: ['https', 'http'] })
const flag = fc.boolean()
const schema = fc.record(
  { type: fc.constant('object'), properties: fc.dictionary(name, fc.record({ type: fc.constant('string') })) },
  { requiredKeys: ['type'] },
)
const facts = fc.dictionary(name, text, { maxKeys: 4 })
const tokens = fc.integer({ min: 1, max: 100_000 })

/** Fields that may be there or not. */
const some = (fields: Record<string, fc.Arbitrary<unknown>>, needed: readonly string[] = []): fc.Arbitrary<Json> =>
  fc.record(fields, { requiredKeys: [...needed] }) as fc.Arbitrary<Json>

const uniquely = (tools: fc.Arbitrary<Json>, nameOf: (tool: Json) => unknown): fc.Arbitrary<Json[]> =>
  fc.uniqueArray(tools, { minLength: 1, maxLength: 4, selector: nameOf })

const openaiPart = fc.oneof(
  fc.record({ type: fc.constant('text'), text }),
  fc.record({
    type: fc.constant('image_url'),
    image_url: some({ url, detail: fc.constantFrom('low', 'high') }, ['url']),
  }),
  fc.record({
    type: fc.constant('image_url'),
    image_url: fc.record({ url: base64.map((data) => `data:image/png;base64,${data}`) }),
  }),
)
const openaiCall = fc.record({
  id,
  type: fc.constant('function'),
  function: fc.record({ name, arguments: fc.json({ maxDepth: 2 }) }),
})
const openaiMessage = fc.oneof(
  fc.record({ role: fc.constantFrom('system', 'developer'), content: text }),
  some(
    { role: fc.constant('user'), content: fc.oneof(text, fc.array(openaiPart, { minLength: 1, maxLength: 4 })), name },
    ['role', 'content'],
  ),
  fc.record({ role: fc.constant('assistant'), content: filled }),
  fc.record({
    role: fc.constant('assistant'),
    content: fc.constantFrom(null, 'Let me look.'),
    tool_calls: fc.array(openaiCall, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ role: fc.constant('tool'), tool_call_id: id, content: text }),
)
const openaiTool = fc.record({
  type: fc.constant('function'),
  function: some({ name, description: text, parameters: schema, strict: flag }, ['name']),
})
const openai = some(
  {
    model: fc.constantFrom('chat', 'claude', 'up/any'),
    messages: fc.array(openaiMessage, { minLength: 1, maxLength: 5 }),
    stream: flag,
    stream_options: fc.record({ include_usage: flag }),
    temperature: fc.double({ min: 0, max: 2, noNaN: true }),
    top_p: share,
    max_tokens: tokens,
    max_completion_tokens: tokens,
    n: fc.constant(1),
    stop: fc.oneof(filled, fc.array(filled, { minLength: 1, maxLength: 4 })),
    seed: fc.integer(),
    presence_penalty: fc.double({ min: -2, max: 2, noNaN: true }),
    frequency_penalty: fc.double({ min: -2, max: 2, noNaN: true }),
    logit_bias: fc.dictionary(fc.nat(50_000).map(String), fc.integer({ min: -100, max: 100 }), { maxKeys: 4 }),
    logprobs: flag,
    tools: uniquely(openaiTool, (tool) => (tool.function as Json).name),
    tool_choice: fc.constantFrom('auto', 'none', 'required'),
    parallel_tool_calls: flag,
    response_format: fc.oneof(
      fc.record({ type: fc.constantFrom('text', 'json_object') }),
      fc.record({ type: fc.constant('json_schema'), json_schema: fc.record({ name, schema, strict: flag }) }),
    ),
    reasoning_effort: fc.constantFrom('minimal', 'low', 'medium', 'high'),
    service_tier: fc.constantFrom('auto', 'default', 'flex'),
    user: text,
    metadata: facts,
    store: flag,
    prompt_cache_key: text,
    verbosity: fc.constantFrom('low', 'high'),
  },
  ['model', 'messages'],
)

const cache = fc.record({ type: fc.constant('ephemeral'), ttl: fc.constantFrom('5m', '1h') })
const anthropicText = some({ type: fc.constant('text'), text: filled, cache_control: cache }, ['type', 'text'])
const image = fc.record({
  type: fc.constant('image'),
  source: fc.oneof(
    fc.record({ type: fc.constant('url'), url }),
    fc.record({ type: fc.constant('base64'), media_type: fc.constant('image/png'), data: base64 }),
  ),
})
const toolResult = some(
  {
    type: fc.constant('tool_result'),
    tool_use_id: id,
    content: fc.oneof(text, fc.array(anthropicText, { maxLength: 2 })),
    is_error: flag,
  },
  ['type', 'tool_use_id'],
)
const toolUse = fc.record({ type: fc.constant('tool_use'), id, name, input: fc.dictionary(name, text, { maxKeys: 3 }) })
const blocks = (...kinds: fc.Arbitrary<unknown>[]) => fc.array(fc.oneof(...kinds), { minLength: 1, maxLength: 4 })
const anthropicMessage = fc.oneof(
  fc.record({ role: fc.constant('user'), content: fc.oneof(text, blocks(anthropicText, image, toolResult)) }),
  fc.record({ role: fc.constant('assistant'), content: fc.oneof(text, blocks(anthropicText, toolUse)) }),
)
const anthropicTool = some({ name, description: text, input_schema: schema, cache_control: cache }, [
  'name',
  'input_schema',
])
const anthropic = some(
  {
    model: fc.constantFrom('claude', 'chat', 'claude/any'),
    max_tokens: tokens,
    messages: fc.array(anthropicMessage, { minLength: 1, maxLength: 5 }),
    system: fc.oneof(text, fc.array(anthropicText, { minLength: 1, maxLength: 3 })),
    stream: flag,
    temperature: share,
    top_p: share,
    top_k: fc.nat(500),
    stop_sequences: fc.array(filled, { maxLength: 4 }),
    tools: uniquely(anthropicTool, (tool) => tool.name),
    tool_choice: fc.oneof(
      some({ type: fc.constantFrom('auto', 'any'), disable_parallel_tool_use: flag }, ['type']),
      fc.record({ type: fc.constant('tool'), name }),
    ),
    thinking: fc.oneof(
      fc.record({ type: fc.constantFrom('disabled', 'adaptive') }),
      fc.record({ type: fc.constant('enabled'), budget_tokens: tokens }),
    ),
    output_config: fc.record({ effort: fc.constantFrom('low', 'medium', 'high') }),
    metadata: fc.record({ user_id: text }),
    service_tier: fc.constantFrom('auto', 'standard_only'),
  },
  ['model', 'max_tokens', 'messages'],
)

/** Bodies that a target of the same language must be asked. */
export const validBodies: Readonly<Record<Language, fc.Arbitrary<Json>>> = { openai, anthropic }

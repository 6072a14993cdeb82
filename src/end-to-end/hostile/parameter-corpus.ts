import type { Language } from '../faults/client.ts'

/** Fields of a body, and the statuses of the answers: of a target of the caller's language, and of another. */
export interface Abuse {
  readonly more: object
  readonly same?: number
  readonly other?: number
}

const long = 'x'.repeat(100_000)
const many = <T>(count: number, each: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => each(index))

const refused = (more: object): Abuse => ({ more })
/** What only the caller's own language can say: another target is not sent half of it. */
const ownOnly = (more: object): Abuse => ({ more, same: 200 })
const taken = (more: object): Abuse => ({ more, same: 200, other: 200 })

const openaiTool = (name: string) => ({ type: 'function', function: { name, parameters: { type: 'object' } } })
const anthropicTool = (name: string) => ({ name, input_schema: { type: 'object' } })
const message = (content: unknown, role: unknown = 'user') => ({ messages: [{ role, content }] })
const openaiImage = (url: unknown) => message([{ type: 'image_url', image_url: { url } }])
const anthropicImage = (source: unknown) => message([{ type: 'image', source }])
const anthropicUrl = (url: unknown) => anthropicImage({ type: 'url', url })

/** Addresses that whoever fetches them would read from a disk, a script, or a service of another kind. */
export const schemes = [
  ...['file:///etc/passwd', 'ftp://example.com/x', 'gopher://127.0.0.1:6379/_x', 'javascript:alert(1)', 'blob:x'],
  ...[
    '/etc/passwd',
    '//example.com/x',
    '',
    ' https://example.com',
    'java\nscript:alert(1)',
    'jar:http://x!/',
    'ws://x/',
  ],
  ...['data', 'https', 'https:/x', 'vbscript:x', 'view-source:http://x', 'C:\\secret.png', '\\\\host\\share'],
]

/** What both languages call by the same name. */
const common: Readonly<Record<string, Abuse>> = {
  'max_tokens -1': refused({ max_tokens: -1 }),
  'max_tokens 1.5': refused({ max_tokens: 1.5 }),
  'max_tokens as text': refused({ max_tokens: '5' }),
  'max_tokens 2^40': refused({ max_tokens: 2 ** 40 }),
  'max_tokens 1e300': refused({ max_tokens: 1e300 }),
  'max_tokens as a list': refused({ max_tokens: [5] }),
  'temperature 2.1': refused({ temperature: 2.1 }),
  'temperature -0.1': refused({ temperature: -0.1 }),
  'temperature as text': refused({ temperature: 'hot' }),
  'temperature 1e300': refused({ temperature: 1e300 }),
  'top_p 1.1': refused({ top_p: 1.1 }),
  'stream as text': refused({ stream: 'true' }),
  'tools as an object': refused({ tools: {} }),
  'a tool that is null': refused({ tools: [null] }),
  'metadata as text': refused({ metadata: 'x' }),
  'wishes as a list': refused({ metadata: { tollgate: [1] } }),
  'wishes that are no JSON': refused({ metadata: { tollgate: '{' } }),
  'wishes of a megabyte of brackets': refused({ metadata: { tollgate: '['.repeat(1_000_000) } }),
  'a wish of 100,000 characters': refused({ metadata: { tollgate: { [long]: 1 } } }),
  'a model of 100,000 characters': refused({ model: long }),
  'a model that is a list': refused({ model: ['chat'] }),
  'a model that is null': refused({ model: null }),
  'a model without a name': refused({ model: '' }),
  'no messages': refused({ messages: [] }),
  'messages as text': refused({ messages: 'hi' }),
  'messages as an object': refused({ messages: { role: 'user', content: 'hi' } }),
  'a message that is null': refused({ messages: [null] }),
  'a message that is a list': refused({ messages: [[]] }),
  'a role that nobody has': refused(message('hi', 'root')),
  'a role in capitals': refused(message('hi', 'User')),
  'a role of 100,000 characters': refused(message('hi', long)),
  'a role that is a prototype': refused(message('hi', '__proto__')),
  'a role that every object has': refused(message('hi', 'constructor')),
  'no role': refused(message('hi', null)),
  'a content that is a number': refused(message(5)),
  'a content that is an object': refused(message({ text: 'hi' })),
  'a part that is null': refused(message([null])),
  'a text part without a text': refused(message([{ type: 'text' }])),
  'a part whose text is a list': refused(message([{ type: 'text', text: ['hi'] }])),
  'a part whose type every object has': ownOnly(message([{ type: 'toString' }])),
  'a part of an unknown type': ownOnly(message([{ type: 'smell', smell: 'rose' }])),
  'a part whose type has 100,000 characters': ownOnly(message([{ type: long }])),
  'an unknown field': ownOnly({ smell: 'rose' }),
  'a field of 100,000 characters': ownOnly({ [long]: 1 }),
  'an unknown field in a message': ownOnly({ messages: [{ role: 'user', content: 'hi', smell: 'rose' }] }),
  'a field of 100,000 characters in a message': ownOnly({ messages: [{ role: 'user', content: 'hi', [long]: 1 }] }),
  'a thousand unknown fields': ownOnly(Object.fromEntries(many(1_000, (index) => [`f${index}`, 1]))),
  'ten thousand messages': taken({
    messages: many(10_000, (index) => ({ role: index % 2 ? 'assistant' : 'user', content: 'a' })),
  }),
  'ten thousand parts': taken(message(many(10_000, () => ({ type: 'text', text: 'a' })))),
}

const openai: Readonly<Record<string, Abuse>> = {
  'n 0': refused({ n: 0 }),
  'n 129': refused({ n: 129 }),
  'n 1.5': refused({ n: 1.5 }),
  'n 1e9': refused({ n: 1e9 }),
  'n as text': refused({ n: '1' }),
  'max_tokens 0': refused({ max_tokens: 0 }),
  'max_completion_tokens -5': refused({ max_completion_tokens: -5 }),
  'both limits, one of them wrong': refused({ max_tokens: -1, max_completion_tokens: 5 }),
  'seed 1.5': refused({ seed: 1.5 }),
  'frequency_penalty -3': refused({ frequency_penalty: -3 }),
  'presence_penalty as an object': refused({ presence_penalty: {} }),
  '10,000 stops': refused({ stop: many(10_000, () => 'a') }),
  'a stop of 100,000 characters': refused({ stop: long }),
  'a stop without characters': refused({ stop: [''] }),
  'a stop that is a number': refused({ stop: [1] }),
  '90,000 biases': refused({ logit_bias: Object.fromEntries(many(90_000, (index) => [index, 1])) }),
  'a bias of 101': refused({ logit_bias: { 1: 101 } }),
  'a bias that is a text': refused({ logit_bias: { 1: 'x' } }),
  'biases as a list': refused({ logit_bias: [1] }),
  '5,000 tools': refused({ tools: many(5_000, (index) => openaiTool(`t${index}`)) }),
  'the same tool twice': refused({ tools: [openaiTool('t'), openaiTool('t')] }),
  'a tool with a space in its name': refused({ tools: [openaiTool('a b')] }),
  'a tool with a line break in its name': refused({ tools: [openaiTool('a\n')] }),
  'a tool of 100,000 characters': refused({ tools: [openaiTool(long)] }),
  'a choice that nobody knows': refused({ tool_choice: long }),
  'top_logprobs 21': refused({ logprobs: true, top_logprobs: 21 }),
  'top_logprobs alone': refused({ top_logprobs: 2 }),
  'a user that is a number': refused({ user: 5 }),
  'a format that is a text': refused({ response_format: 'json' }),
  'a schema that is missing': refused({ response_format: { type: 'json_schema' } }),
  'options of a stream that are a number': refused({ stream_options: 5 }),
  'a modality that nobody has': refused({ modalities: ['smell'] }),
  'a system prompt that is a picture': refused(
    message([{ type: 'image_url', image_url: { url: 'https://x' } }], 'system'),
  ),
  'a result without its call': refused(message('x', 'tool')),
  'an effort that nobody knows': ownOnly({ reasoning_effort: long }),
  'a tier that nobody knows': ownOnly({ service_tier: long }),
  'a format that nobody knows': ownOnly({ response_format: { type: long } }),
  'a user of 100,000 characters': taken({ user: long }),
  '5,000 facts': taken({ metadata: Object.fromEntries(many(5_000, (index) => [`k${index}`, 'v'])) }),
  'data that is no base64': refused(openaiImage('data:,hello')),
  'a picture that is a number': refused(openaiImage(5)),
}

const anthropic: Readonly<Record<string, Abuse>> = {
  'max_tokens null': refused({ max_tokens: null }),
  'max_tokens 0, which fills a cache': ownOnly({ max_tokens: 0 }),
  'top_k -1': refused({ top_k: -1 }),
  'top_k 1.5': refused({ top_k: 1.5 }),
  'stops as a text': refused({ stop_sequences: 'a' }),
  'a stop that is a number': refused({ stop_sequences: [1] }),
  '5,000 tools': refused({ tools: many(5_000, (index) => anthropicTool(`t${index}`)) }),
  'the same tool twice': refused({ tools: [anthropicTool(long), anthropicTool(long)] }),
  'a tool without a schema': refused({ tools: [{ name: 'a' }] }),
  'a choice that nobody knows': refused({ tool_choice: { type: long } }),
  'a budget below nothing': refused({ thinking: { type: 'enabled', budget_tokens: -1 } }),
  'a tier that nobody knows': refused({ service_tier: long }),
  'a user that is a number': refused({ metadata: { user_id: 5 } }),
  'a system prompt that is a number': refused({ system: 5 }),
  'a system prompt that is a picture': refused({ system: [{ type: 'image', source: {} }] }),
  'a cache that nobody knows': refused({ cache_control: { type: long } }),
  'an effort that nobody knows': refused({ output_config: { effort: long } }),
  'a result in an answer': refused(message([{ type: 'tool_result', tool_use_id: 'x' }], 'assistant')),
  'a source without a type': refused(anthropicImage({})),
  'a picture that is a number': refused(anthropicUrl(5)),
  'thinking of a kind that nobody knows': ownOnly({ thinking: { type: long } }),
  'a source of a kind that nobody knows': ownOnly(anthropicImage({ type: 'smell' })),
  'a user of 100,000 characters': taken({ metadata: { user_id: long } }),
}

const schemesOf = (image: (url: string) => object): Record<string, Abuse> =>
  Object.fromEntries(schemes.map((url) => [`a picture at ${JSON.stringify(url)}`, refused(image(url))]))

export const abuses: Readonly<Record<Language, Readonly<Record<string, Abuse>>>> = {
  openai: { ...common, ...openai, ...schemesOf(openaiImage) },
  anthropic: { ...common, ...anthropic, ...schemesOf(anthropicUrl) },
}

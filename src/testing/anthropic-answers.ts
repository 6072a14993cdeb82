import { type AnsweredToolCall, type AnswerOptions, type AnswerUsage, usageFor, wordsOf } from './answer-options.ts'
import type { Step } from './step.ts'

const requestId = 'req_011CVfakeUpstream000000001'

const headers = {
  'request-id': requestId,
  'anthropic-organization-id': '00000000-0000-4000-8000-000000000000',
  'anthropic-ratelimit-requests-limit': '4000',
  'anthropic-ratelimit-requests-remaining': '3999',
  'anthropic-ratelimit-requests-reset': '2026-11-24T00:00:00Z',
  'anthropic-ratelimit-input-tokens-limit': '2000000',
  'anthropic-ratelimit-input-tokens-remaining': '2000000',
  'anthropic-ratelimit-input-tokens-reset': '2026-11-24T00:00:00Z',
}

/** What one content block is: whole, as it starts in a stream, and the deltas that fill it. */
interface Block {
  readonly whole: Readonly<Record<string, unknown>>
  readonly start: Readonly<Record<string, unknown>>
  readonly deltas: readonly Readonly<Record<string, unknown>>[]
}

/** Input tokens do not hold those from the cache here. */
const inputOf = ({ input, cached = 0 }: AnswerUsage) => ({
  input_tokens: input - cached,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: cached,
})

const generatedOf = ({ output, reasoning }: AnswerUsage) => ({
  output_tokens: output,
  ...(reasoning === undefined ? {} : { output_tokens_details: { thinking_tokens: reasoning } }),
})

const usageOf = (usage: AnswerUsage) => ({
  ...inputOf(usage),
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  ...generatedOf(usage),
  service_tier: 'standard',
  inference_geo: 'global',
})

const messageOf = (content: readonly unknown[], stopReason: string | null, options: AnswerOptions) => ({
  id: 'msg_01FakeUpstream00000000001',
  type: 'message',
  role: 'assistant',
  model: options.model ?? 'claude-haiku-4-5-20251001',
  content,
  stop_reason: stopReason,
  stop_sequence: null,
  stop_details: null,
})

const event = (value: { readonly type: string } & Readonly<Record<string, unknown>>): string =>
  `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`

const answer = (blocks: readonly Block[], finish: string, options: AnswerOptions): Step => {
  const usage = usageFor(
    options,
    blocks.reduce((count, block) => count + block.deltas.length, 0),
  )
  const stopReason = options.finish ?? finish
  if (options.stream) return { headers, events: streamed(blocks, stopReason, { options, usage }) }
  const message = messageOf(
    blocks.map((block) => block.whole),
    stopReason,
    options,
  )
  return { headers, body: JSON.stringify({ ...message, ...(usage ? { usage: usageOf(usage) } : {}) }) }
}

interface Told {
  readonly options: AnswerOptions
  readonly usage: AnswerUsage | undefined
}

const streamed = (blocks: readonly Block[], stopReason: string, { options, usage }: Told): string[] => {
  const atStart = usage && { usage: usageOf({ ...usage, output: 1, reasoning: undefined }) }
  const atEnd = usage && { usage: { ...inputOf(usage), ...generatedOf(usage) } }
  const events = [event({ type: 'message_start', message: { ...messageOf([], null, options), ...atStart } })]
  for (const [index, block] of blocks.entries()) {
    events.push(event({ type: 'content_block_start', index, content_block: block.start }))
    if (index === 0) events.push(event({ type: 'ping' }))
    for (const delta of block.deltas) events.push(event({ type: 'content_block_delta', index, delta }))
    events.push(event({ type: 'content_block_stop', index }))
  }
  const delta = { stop_reason: stopReason, stop_sequence: null, stop_details: null }
  events.push(event({ type: 'message_delta', delta, ...atEnd }), event({ type: 'message_stop' }))
  return events
}

const textBlock = (text: string): Block => ({
  whole: { type: 'text', text },
  start: { type: 'text', text: '' },
  deltas: wordsOf(text).map((word) => ({ type: 'text_delta', text: word })),
})

const toolBlock = (call: AnsweredToolCall, index: number): Block => {
  const known = { type: 'tool_use', id: call.id ?? `toolu_01Fake${index}Upstream0001`, name: call.name }
  const parts = ['', ...(call.arguments.match(/[\s\S]{1,6}/gu) ?? [])]
  return {
    whole: { ...known, input: JSON.parse(call.arguments || '{}') },
    start: { ...known, input: {} },
    deltas: parts.map((part) => ({ type: 'input_json_delta', partial_json: part })),
  }
}

/** An answer of Anthropic's Messages that says a text. */
export const anthropicText = (text: string, options: AnswerOptions = {}): Step =>
  answer([textBlock(text)], 'end_turn', options)

/** An answer of Anthropic's Messages that calls tools, their arguments in several pieces when it is a stream. */
export const anthropicToolCalls = (calls: readonly AnsweredToolCall[], options: AnswerOptions = {}): Step =>
  answer(calls.map(toolBlock), 'tool_use', options)

const errorBody = (type: string, message: string) => ({
  type: 'error',
  error: { type, message },
  request_id: requestId,
})

/** An error answer of Anthropic, such as `anthropicError(529, 'overloaded_error', 'Overloaded')`. */
export const anthropicError = (
  status: number,
  type: string,
  message: string,
  more: Readonly<Record<string, string>> = {},
): Step => ({
  status,
  headers: { 'request-id': requestId, ...more },
  body: JSON.stringify(errorBody(type, message)),
})

/** An event in which Anthropic says, in the middle of a stream, that it failed. */
export const anthropicErrorEvent = (type: string, message: string): string => event(errorBody(type, message))

import type { JsonObject } from '../../core/json.ts'
import type { ScriptStep, Step } from '../../testing/index.ts'
import { inForm } from './say.ts'

/** One content block, as a whole answer and as a stream tell it. */
export interface SaidBlock {
  readonly whole: JsonObject
  readonly start: JsonObject
  readonly deltas: readonly JsonObject[]
}

/** Why the model ended, and what it used. */
export interface SaidEnd {
  readonly stop_reason?: string | undefined
  readonly stop_sequence?: string | undefined
  readonly stop_details?: JsonObject | undefined
  readonly usage?: JsonObject | undefined
}

const plainUsage = { input_tokens: 9, output_tokens: 4 }

/** A block of text in pieces. */
export const textBlock = (...pieces: readonly string[]): SaidBlock => ({
  whole: { type: 'text', text: pieces.join('') },
  start: { type: 'text', text: '' },
  deltas: pieces.map((text) => ({ type: 'text_delta', text })),
})

/** A block of thinking with its signature. */
export const thinkingBlock = (signature: string, ...pieces: readonly string[]): SaidBlock => ({
  whole: { type: 'thinking', thinking: pieces.join(''), signature },
  start: { type: 'thinking', thinking: '', signature: '' },
  deltas: [...pieces.map((thinking) => ({ type: 'thinking_delta', thinking })), { type: 'signature_delta', signature }],
})

/** Thinking that only its maker can read. */
export const redactedBlock = (data: string): SaidBlock => ({
  whole: { type: 'redacted_thinking', data },
  start: { type: 'redacted_thinking', data },
  deltas: [],
})

/** A call of a tool. */
export const toolBlock = (id: string, name: string, input: JsonObject): SaidBlock => ({
  whole: { type: 'tool_use', id, name, input },
  start: { type: 'tool_use', id, name, input: {} },
  deltas: [{ type: 'input_json_delta', partial_json: JSON.stringify(input) }],
})

const messageOf = (content: readonly JsonObject[], end: SaidEnd) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-haiku-4-5-20251001',
  content,
  stop_reason: end.stop_reason ?? null,
  stop_sequence: end.stop_sequence ?? null,
  stop_details: end.stop_details ?? null,
})

const event = (value: JsonObject & { readonly type: string }): string =>
  `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`

const streamed = (blocks: readonly SaidBlock[], end: SaidEnd, usage: JsonObject): Step => {
  const message = { ...messageOf([], {}), usage: { ...usage, output_tokens: 1, output_tokens_details: undefined } }
  const events = [event({ type: 'message_start', message })]
  for (const [index, block] of blocks.entries()) {
    events.push(event({ type: 'content_block_start', index, content_block: block.start }))
    for (const delta of block.deltas) events.push(event({ type: 'content_block_delta', index, delta }))
    events.push(event({ type: 'content_block_stop', index }))
  }
  const { stop_reason, stop_sequence, stop_details } = messageOf([], end)
  const { cache_creation: _, ...totals } = usage
  events.push(event({ type: 'message_delta', delta: { stop_reason, stop_sequence, stop_details }, usage: totals }))
  events.push(event({ type: 'message_stop' }))
  return { events }
}

/** An answer in Anthropic's wire, every detail of it. */
export const anthropicSays = (blocks: readonly SaidBlock[], given: SaidEnd = {}): ScriptStep => {
  const end = { stop_reason: 'end_turn', ...given }
  const usage = given.usage ?? plainUsage
  const content = blocks.map(({ whole }) => whole)
  return inForm((stream) =>
    stream ? streamed(blocks, end, usage) : { body: JSON.stringify({ ...messageOf(content, end), usage }) },
  )
}

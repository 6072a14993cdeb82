import { writeAwsEvent, writeAwsException } from '../wire/aws-events.ts'
import { type AnsweredToolCall, type AnswerOptions, type AnswerUsage, usageFor, wordsOf } from './answer-options.ts'
import type { Step } from './step.ts'

const requestId = '7a1f0c3e-2d4b-4f6a-8b9c-0123456789ab'

type Json = Readonly<Record<string, unknown>>

/** What one content block is: whole, as it starts in a stream (of tools and pictures alone), and the deltas that fill it. */
export interface BedrockBlock {
  readonly whole: Json
  readonly start?: Json | undefined
  readonly deltas: readonly Json[]
}

/** A block of text in pieces. */
export const bedrockTextBlock = (...pieces: readonly string[]): BedrockBlock => ({
  whole: { text: pieces.join('') },
  deltas: pieces.map((text) => ({ text })),
})

/** A block of thinking with its signature. */
export const bedrockThinkingBlock = (signature: string, ...pieces: readonly string[]): BedrockBlock => ({
  whole: { reasoningContent: { reasoningText: { text: pieces.join(''), signature } } },
  deltas: [...pieces.map((text) => ({ reasoningContent: { text } })), { reasoningContent: { signature } }],
})

/** A call of a tool, its input in pieces. */
export const bedrockToolBlock = (call: AnsweredToolCall, index = 0): BedrockBlock => {
  const known = { toolUseId: call.id ?? `tooluse_fakeUpstream${index}`, name: call.name }
  const pieces = call.arguments.match(/[\s\S]{1,6}/gu) ?? []
  return {
    whole: { toolUse: { ...known, input: JSON.parse(call.arguments || '{}') } },
    start: { toolUse: known },
    deltas: pieces.map((input) => ({ toolUse: { input } })),
  }
}

/** Input tokens do not hold those from the cache here, and thinking is not told apart. */
const usageOf = ({ input, output, cached = 0 }: AnswerUsage) => ({
  inputTokens: input - cached,
  outputTokens: output,
  totalTokens: input + output,
  cacheReadInputTokens: cached,
  cacheWriteInputTokens: 0,
})

const event = (name: string, value: Json): Buffer => Buffer.from(writeAwsEvent(name, value), 'latin1')

interface Told {
  readonly stopReason: string
  /** What is told at the end beside the reason, and in a whole answer. */
  readonly more: Json
}

const streamed = (blocks: readonly BedrockBlock[], { stopReason, more }: Told): Buffer[] => {
  const events = [event('messageStart', { role: 'assistant', p: 'abcdefgh' })]
  for (const [contentBlockIndex, block] of blocks.entries()) {
    if (block.start) events.push(event('contentBlockStart', { contentBlockIndex, start: block.start, p: 'abc' }))
    for (const delta of block.deltas) events.push(event('contentBlockDelta', { contentBlockIndex, delta, p: 'abcd' }))
    events.push(event('contentBlockStop', { contentBlockIndex, p: 'abcde' }))
  }
  events.push(event('messageStop', { stopReason, p: 'abcdef' }), event('metadata', { ...more, p: 'a' }))
  return events
}

/** An answer of Bedrock's Converse with these blocks. `finish` is its `stopReason`; more usage may be given in its own words. */
export const bedrockMessage = (
  blocks: readonly BedrockBlock[],
  options: AnswerOptions & { readonly nativeUsage?: Json | undefined } = {},
): Step => {
  const pieces = blocks.reduce((count, block) => count + block.deltas.length, 0)
  const usage = usageFor(options, pieces)
  const more = { metrics: { latencyMs: 321 }, usage: options.nativeUsage ?? (usage && usageOf(usage)) }
  const stopReason = options.finish ?? (blocks.some(({ start }) => start?.toolUse) ? 'tool_use' : 'end_turn')
  const headers = { 'x-amzn-requestid': requestId }
  if (options.stream) {
    const type = { 'content-type': 'application/vnd.amazon.eventstream' }
    return { headers: { ...headers, ...type }, events: streamed(blocks, { stopReason, more }) }
  }
  const message = { role: 'assistant', content: blocks.map(({ whole }) => whole) }
  return { headers, body: JSON.stringify({ output: { message }, stopReason, ...more }) }
}

/** An answer of Bedrock's Converse that says a text. */
export const bedrockText = (text: string, options: AnswerOptions = {}): Step =>
  bedrockMessage([bedrockTextBlock(...wordsOf(text))], options)

/** An answer of Bedrock's Converse that calls tools, their input in several pieces when it is a stream. */
export const bedrockToolCalls = (calls: readonly AnsweredToolCall[], options: AnswerOptions = {}): Step =>
  bedrockMessage(calls.map(bedrockToolBlock), options)

/** An error answer of Bedrock, such as `bedrockError(429, 'ThrottlingException', 'Too many requests.')`. */
export const bedrockError = (
  status: number,
  type: string,
  message: string,
  more: Readonly<Record<string, string>> = {},
): Step => ({
  status,
  headers: {
    'x-amzn-requestid': requestId,
    'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
    ...more,
  },
  body: JSON.stringify({ message }),
})

/** An exception by which Bedrock says, in the middle of a stream, that it failed, such as `throttlingException`. */
export const bedrockException = (type: string, message: string): Buffer =>
  Buffer.from(writeAwsException(type, { message }), 'latin1')

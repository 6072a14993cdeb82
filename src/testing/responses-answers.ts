import { type AnsweredToolCall, type AnswerOptions, type AnswerUsage, usageFor, wordsOf } from './answer-options.ts'
import type { Step } from './step.ts'

const headers = {
  'x-request-id': 'req_6f1d0a3b9c2e4d5f8a7b6c5d4e3f2a1b',
  'openai-organization': 'org-fake',
  'openai-processing-ms': '187',
  'openai-version': '2020-10-01',
  'x-ratelimit-limit-requests': '10000',
  'x-ratelimit-remaining-requests': '9999',
  'x-ratelimit-reset-requests': '6ms',
}

type Fields = Readonly<Record<string, unknown>>

/** One output item, and the events in which a stream tells it between its beginning and its end. */
export interface ResponsesItem {
  readonly begun: Fields
  readonly done: Fields
  /** Types without `response.` before them, and their fields without the item's id and place. */
  readonly events: readonly (readonly [type: string, fields: Fields])[]
}

/** A message with one text, its citations and the probabilities of its pieces. */
export const responsesMessage = (
  pieces: readonly string[],
  more: { readonly annotations?: readonly Fields[]; readonly logprobs?: readonly (readonly Fields[])[] } = {},
): ResponsesItem => {
  const text = pieces.join('')
  const { annotations = [], logprobs = [] } = more
  const part = { type: 'output_text', annotations, logprobs: logprobs.flat(), text }
  const item = { id: 'msg_fake01', type: 'message', role: 'assistant' }
  return {
    begun: { ...item, status: 'in_progress', content: [] },
    done: { ...item, status: 'completed', content: [part] },
    events: [
      ['content_part.added', { content_index: 0, part: { ...part, annotations: [], logprobs: [], text: '' } }],
      ...pieces.map(
        (delta, index) =>
          [
            'output_text.delta',
            { content_index: 0, delta, logprobs: logprobs[index] ?? [], obfuscation: 'x7Q' },
          ] as const,
      ),
      ...annotations.map(
        (annotation, index) =>
          ['output_text.annotation.added', { content_index: 0, annotation_index: index, annotation }] as const,
      ),
      ['output_text.done', { content_index: 0, text, logprobs: logprobs.flat() }],
      ['content_part.done', { content_index: 0, part }],
    ],
  }
}

/** A message in which the model refuses. */
export const responsesRefusal = (refusal: string): ResponsesItem => {
  const item = { id: 'msg_fake02', type: 'message', role: 'assistant' }
  const part = { type: 'refusal', refusal }
  return {
    begun: { ...item, status: 'in_progress', content: [] },
    done: { ...item, status: 'completed', content: [part] },
    events: [
      ['content_part.added', { content_index: 0, part: { ...part, refusal: '' } }],
      ['refusal.delta', { content_index: 0, delta: refusal }],
      ['refusal.done', { content_index: 0, refusal }],
      ['content_part.done', { content_index: 0, part }],
    ],
  }
}

/** Thinking with a summary, and encrypted. */
export const responsesThinking = (pieces: readonly string[], encrypted: string): ResponsesItem => {
  const text = pieces.join('')
  const part = { type: 'summary_text', text }
  const item = { id: 'rs_fake01', type: 'reasoning' }
  const summary = pieces.length > 0 ? [part] : []
  const events = [
    ['reasoning_summary_part.added', { summary_index: 0, part: { ...part, text: '' } }],
    ...pieces.map((delta) => ['reasoning_summary_text.delta', { summary_index: 0, delta }] as const),
    ['reasoning_summary_text.done', { summary_index: 0, text }],
    ['reasoning_summary_part.done', { summary_index: 0, part }],
  ] as const
  return {
    begun: { ...item, summary: [] },
    done: { ...item, encrypted_content: encrypted, summary },
    events: pieces.length > 0 ? events : [],
  }
}

/** A call of a function, its arguments in several pieces when it is a stream. */
export const responsesCall = (call: AnsweredToolCall, index: number): ResponsesItem => {
  const call_id = call.id ?? `call_fake${index}Zk3nT8uYw1`
  const item = { id: `fc_fake${index}`, type: 'function_call', call_id, name: call.name }
  const pieces = call.arguments.match(/[\s\S]{1,6}/gu) ?? []
  return {
    begun: { ...item, status: 'in_progress', arguments: '' },
    done: { ...item, status: 'completed', arguments: call.arguments },
    events: [
      ...pieces.map((delta) => ['function_call_arguments.delta', { delta }] as const),
      ['function_call_arguments.done', { name: call.name, arguments: call.arguments }],
    ],
  }
}

/** An item without events of its own, such as the call of a tool that the provider runs. */
export const responsesWholeItem = (item: Fields): ResponsesItem => ({ begun: item, done: item, events: [] })

const usageOf = ({ input, output, cached = 0, reasoning = 0 }: AnswerUsage): Fields => ({
  input_tokens: input,
  input_tokens_details: { cached_tokens: cached, cache_write_tokens: 0 },
  output_tokens: output,
  output_tokens_details: { reasoning_tokens: reasoning },
  total_tokens: input + output,
})

const event = (type: string, fields: Fields, number: number): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number, ...fields })}\n\n`

/** How a ready-made response is given, beside what every answer can be told. */
export interface ResponsesOptions extends AnswerOptions {
  /** Why it is not complete: `max_output_tokens` or `content_filter`. */
  readonly incomplete?: string | undefined
  /** Other fields of the response. */
  readonly fields?: Fields | undefined
}

/** A response with these output items, every detail of it. */
export const responsesAnswer = (items: readonly ResponsesItem[], options: ResponsesOptions = {}): Step => {
  const usage = usageFor(
    options,
    items.reduce((sum, { events }) => sum + events.length, 0),
  )
  const { incomplete } = options
  const status = incomplete === undefined ? 'completed' : 'incomplete'
  const base = {
    ...{ id: 'resp_fake00000000000000000000000001', object: 'response', created_at: 1_795_000_000 },
    ...{ error: null, incomplete_details: null, instructions: null, max_output_tokens: null, metadata: {} },
    ...{ model: options.model ?? 'gpt-5-mini-2025-08-07', parallel_tool_calls: true, previous_response_id: null },
    ...{ reasoning: { effort: 'medium', summary: null }, service_tier: 'default', store: true, temperature: 1 },
    ...{ text: { format: { type: 'text' }, verbosity: 'medium' }, tool_choice: 'auto', tools: [], top_logprobs: 0 },
    ...{ top_p: 1, truncation: 'disabled', user: null, ...options.fields },
  }
  const response = {
    ...base,
    status,
    incomplete_details: incomplete === undefined ? null : { reason: incomplete },
    output: items.map(({ done }) => done),
    usage: usage ? usageOf(usage) : null,
  }
  if (!options.stream) return { headers, body: JSON.stringify(response) }
  const opening = { response: { ...base, status: 'in_progress', output: [], usage: null } }
  const told: (readonly [string, Fields])[] = [
    ['response.created', opening],
    ['response.in_progress', opening],
    ...items.flatMap(eventsOf),
    [`response.${status}`, { response }],
  ]
  return { headers, events: told.map(([type, fields], number) => event(type, fields, number)) }
}

const eventsOf = ({ begun, done, events }: ResponsesItem, at: number): (readonly [string, Fields])[] => [
  ['response.output_item.added', { output_index: at, item: begun }],
  ...events.map(([type, fields]) => [`response.${type}`, { item_id: done.id, output_index: at, ...fields }] as const),
  ['response.output_item.done', { output_index: at, item: done }],
]

/** A response that says a text. */
export const responsesText = (text: string, options: ResponsesOptions = {}): Step => {
  const words = wordsOf(text)
  return responsesAnswer([responsesMessage(words)], { usage: usageFor(options, words.length) ?? false, ...options })
}

/** A response that calls tools. */
export const responsesToolCalls = (calls: readonly AnsweredToolCall[], options: ResponsesOptions = {}): Step =>
  responsesAnswer(calls.map(responsesCall), options)

/** An event in which OpenAI says, in the middle of a response, that it failed. */
export const responsesErrorEvent = (code: string, message: string): string =>
  event('error', { error: { type: 'server_error', code, message, param: null } }, 9)

import { type AnsweredToolCall, type AnswerOptions, type AnswerUsage, usageFor, wordsOf } from './answer-options.ts'
import type { Step } from './step.ts'

const requestId = 'req_6f1d0a3b9c2e4d5f8a7b6c5d4e3f2a1b'

const headers = {
  'x-request-id': requestId,
  'openai-organization': 'org-fake',
  'openai-processing-ms': '187',
  'openai-version': '2020-10-01',
  'x-ratelimit-limit-requests': '10000',
  'x-ratelimit-limit-tokens': '30000000',
  'x-ratelimit-remaining-requests': '9999',
  'x-ratelimit-remaining-tokens': '29999990',
  'x-ratelimit-reset-requests': '6ms',
  'x-ratelimit-reset-tokens': '0s',
}

const base = (object: string, options: AnswerOptions) => ({
  id: 'chatcmpl-CkVx0fakeUpstream00000000001',
  object,
  created: 1_795_000_000,
  model: options.model ?? 'gpt-5-mini-2025-08-07',
})

const tier = { service_tier: 'default', system_fingerprint: 'fp_560af6e559' }

const usageOf = ({ input, output, cached = 0, reasoning = 0 }: AnswerUsage) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
  prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: reasoning,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
})

interface Said {
  readonly message: Readonly<Record<string, unknown>>
  /** What the stream says piece by piece, the first with the role. */
  readonly deltas: readonly Readonly<Record<string, unknown>>[]
  readonly finish: string
}

const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`

const answer = (said: Said, options: AnswerOptions): Step => {
  const usage = usageFor(options, said.deltas.length - 1)
  const finish = options.finish ?? said.finish
  return options.stream
    ? streamed(said.deltas, finish, { options, usage })
    : whole(said.message, finish, { options, usage })
}

interface Told {
  readonly options: AnswerOptions
  readonly usage: AnswerUsage | undefined
}

const whole = (message: Said['message'], finish: string, { options, usage }: Told): Step => ({
  headers,
  body: JSON.stringify({
    ...base('chat.completion', options),
    choices: [
      {
        index: 0,
        message: { role: 'assistant', ...message, refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: finish,
      },
    ],
    ...(usage ? { usage: usageOf(usage) } : {}),
    ...tier,
  }),
})

const streamed = (deltas: Said['deltas'], finish: string, { options, usage }: Told): Step => {
  const chunk = (choices: readonly unknown[], more: object, padding: number): string =>
    event({
      ...base('chat.completion.chunk', options),
      ...tier,
      choices,
      // With usage asked for, every chunk but the last has it as null.
      ...(usage ? { usage: null } : {}),
      ...more,
      obfuscation: 'x7Qd2mK9tLw4Rb'.slice(0, 2 + (padding % 12)),
    })
  const choice = (delta: unknown, reason: string | null) => [{ index: 0, delta, logprobs: null, finish_reason: reason }]
  const events = deltas.map((delta, index) => chunk(choice(delta, null), {}, index))
  events.push(chunk(choice({}, finish), {}, deltas.length))
  if (usage) events.push(chunk([], { usage: usageOf(usage) }, deltas.length + 1))
  events.push('data: [DONE]\n\n')
  return { headers, events }
}

/** An answer of OpenAI's Chat Completions that says a text. A stream has its usage as after `include_usage`. */
export const openaiText = (text: string, options: AnswerOptions = {}): Step =>
  answer(
    {
      message: { content: text },
      deltas: [{ role: 'assistant', content: '', refusal: null }, ...wordsOf(text).map((content) => ({ content }))],
      finish: 'stop',
    },
    options,
  )

/** An answer of OpenAI's Chat Completions that calls tools, their arguments in several pieces when it is a stream. */
export const openaiToolCalls = (calls: readonly AnsweredToolCall[], options: AnswerOptions = {}): Step => {
  const idOf = (call: AnsweredToolCall, index: number): string => call.id ?? `call_fake${index}Zk3nT8uYw1`
  const piece = (index: number, more: object) => ({ tool_calls: [{ index, ...more }] })
  const deltas = calls.flatMap((call, index) => [
    piece(index, { id: idOf(call, index), type: 'function', function: { name: call.name, arguments: '' } }),
    ...(call.arguments.match(/[\s\S]{1,6}/gu) ?? []).map((part) => piece(index, { function: { arguments: part } })),
  ])
  const [first, ...rest] = deltas
  return answer(
    {
      message: {
        content: null,
        tool_calls: calls.map((call, index) => ({
          id: idOf(call, index),
          type: 'function',
          function: { name: call.name, arguments: call.arguments },
        })),
      },
      deltas: [{ role: 'assistant', content: null, ...first, refusal: null }, ...rest],
      finish: 'tool_calls',
    },
    options,
  )
}

const errorType = (status: number, code: string | null): string => {
  if (code === 'insufficient_quota') return code
  if (status === 429) return 'requests'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
}

/** An error answer of OpenAI, such as `openaiError(429, 'rate_limit_exceeded', '…', { 'retry-after': '1' })`. */
export const openaiError = (
  status: number,
  code: string | null,
  message: string,
  more: Readonly<Record<string, string>> = {},
): Step => ({
  status,
  headers: { 'x-request-id': requestId, ...more },
  body: JSON.stringify({ error: { message, type: errorType(status, code), param: null, code } }, null, 2),
})

/** An event in which OpenAI says, in the middle of a stream, that it failed. */
export const openaiErrorEvent = (code: string | null, message: string): string =>
  event({ error: { message, type: 'server_error', param: null, code } })

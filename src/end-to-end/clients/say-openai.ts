import type { JsonObject } from '../../core/json.ts'
import type { ScriptStep, Step } from '../../testing/index.ts'
import { inForm } from './say.ts'

/** One choice, as a whole answer and as a stream tell it. */
export interface SaidChoice {
  readonly message: JsonObject
  /** What the stream says piece by piece. */
  readonly deltas: readonly JsonObject[]
  readonly finish: string
  /** Beside the message and beside the deltas of the same place. */
  readonly logprobs?: { readonly whole: JsonObject; readonly pieces: readonly (JsonObject | null)[] } | undefined
}

const plainUsage = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 }

const base = (object: string) => ({ id: 'chatcmpl-1', object, created: 1_795_000_000, model: 'gpt-5-mini-2025-08-07' })

const event = (value: JsonObject): string => `data: ${JSON.stringify(value)}\n\n`

const whole = (choices: readonly SaidChoice[], usage: JsonObject): Step => ({
  body: JSON.stringify({
    ...base('chat.completion'),
    choices: choices.map(({ message, finish, logprobs }, index) => ({
      index,
      message: { role: 'assistant', content: null, refusal: null, ...message },
      logprobs: logprobs?.whole ?? null,
      finish_reason: finish,
    })),
    usage,
  }),
})

/** Choices by turns, as several answers are streamed. */
const streamed = (choices: readonly SaidChoice[], usage: JsonObject): Step => {
  const chunk = (choice: JsonObject): string =>
    event({ ...base('chat.completion.chunk'), choices: [choice], usage: null })
  const events = choices.map((_, index) =>
    chunk({ index, delta: { role: 'assistant', content: '' }, logprobs: null, finish_reason: null }),
  )
  const longest = Math.max(...choices.map(({ deltas }) => deltas.length))
  for (let at = 0; at < longest; at++) {
    for (const [index, { deltas, logprobs }] of choices.entries()) {
      const delta = deltas[at]
      if (delta) events.push(chunk({ index, delta, logprobs: logprobs?.pieces[at] ?? null, finish_reason: null }))
    }
  }
  for (const [index, { finish }] of choices.entries())
    events.push(chunk({ index, delta: {}, logprobs: null, finish_reason: finish }))
  events.push(event({ ...base('chat.completion.chunk'), choices: [], usage }), 'data: [DONE]\n\n')
  return { events }
}

/** An answer in OpenAI's wire, every detail of it. */
export const openaiSays = (choices: readonly SaidChoice[], usage: JsonObject = plainUsage): ScriptStep =>
  inForm((stream) => (stream ? streamed(choices, usage) : whole(choices, usage)))

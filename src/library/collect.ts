import type { Answer } from '../core/answer.ts'
import { type CacheNote, type Call, costOfCall } from '../core/call.ts'
import type { Delta, FinishReason } from '../core/delta.ts'
import { usdFromNanos } from '../core/money.ts'
import type { Usage } from '../core/usage.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import type { Writer } from '../wire/wire.ts'

/** A tool that the model wants called. */
export interface RequestedTool {
  readonly id: string
  readonly name: string
  /** JSON text, as the model wrote it. */
  readonly arguments: string
}

/** A whole answer, as a program reads it. With several choices this is the first; `choices` has them all. */
export interface ChatAnswer {
  /** The call's id, as in logs and records. */
  readonly id: string
  readonly text: string
  readonly reasoning: string
  readonly refusal: string | undefined
  readonly toolCalls: readonly RequestedTool[]
  readonly finish: FinishReason
  /** The message to append to the conversation for the next turn. */
  readonly message: AssistantMessage
  readonly choices: readonly { readonly text: string; readonly finish: FinishReason }[]
  /** Undefined when the provider told nothing. */
  readonly usage: Usage | undefined
  /** USD as a decimal string, of all attempts; undefined: unknown, which is not zero. */
  readonly costUsd: string | undefined
  /** `provider/model` that answered. */
  readonly target: string
  readonly attempts: number
  readonly durationMs: number
  readonly firstTokenMs: number | undefined
  /** What memory had to do with it; undefined: its model keeps no answers. */
  readonly cache: AnswerCacheNote | undefined
}

/** What memory had to do with an answer. */
export interface AnswerCacheNote {
  /** `stale`: a hit that is being renewed. `coalesced`: the answer of an equal call under way. `off`: not looked for. */
  readonly outcome: CacheNote['outcome']
  /** How old the answer was; undefined: it is new. */
  readonly ageMs: number | undefined
  /** USD as a decimal string that the answer cost the first time, and not now; undefined: nothing, or unknown. */
  readonly savedUsd: string | undefined
}

const cacheNoteOf = ({ outcome, ageMs, savedNanos }: CacheNote): AnswerCacheNote => ({
  outcome,
  ageMs,
  savedUsd: savedNanos === undefined ? undefined : usdFromNanos(savedNanos),
})

/** What the model said, as a message of the conversation in OpenAI's words, its thinking with it where it must come back. */
export interface AssistantMessage {
  readonly role: 'assistant'
  readonly content: string | null
  readonly tool_calls?: readonly object[]
  readonly [field: string]: unknown
}

interface Said {
  text: string
  reasoning: string
  refusal: string
  finish: FinishReason
  readonly tools: Map<number, { id: string; name: string; arguments: string }>
}

const nothingSaid = (): Said => ({ text: '', reasoning: '', refusal: '', finish: 'other', tools: new Map() })

const add = (choice: Said, delta: Delta): void => {
  if (delta.kind === 'text') choice.text += delta.text
  else if (delta.kind === 'reasoning') choice.reasoning += delta.text
  else if (delta.kind === 'refusal') choice.refusal += delta.text
  else if (delta.kind === 'finish') choice.finish = delta.reason
  else if (delta.kind === 'tool_call') {
    const tool = choice.tools.get(delta.block) ?? { id: '', name: '', arguments: '' }
    if (delta.id) tool.id = delta.id
    if (delta.name) tool.name = delta.name
    tool.arguments += delta.arguments
    choice.tools.set(delta.block, tool)
  }
}

/** What an answer has said so far; the whole answer once it is over. */
export class Gathering {
  readonly #answer: Answer
  readonly #call: Call
  readonly #choices: Said[] = []
  readonly #writer: Writer
  #usage: Usage | undefined

  constructor(answer: Answer, call: Call) {
    this.#answer = answer
    this.#call = call
    this.#writer = openaiChat.writer('whole', call.request)
    answer.watch({
      done: (summary) => {
        this.#usage = summary.usage
      },
    })
  }

  take(delta: Delta): void {
    if (!('choice' in delta)) return
    this.#writer.write(delta)
    this.#choices[delta.choice] ??= nothingSaid()
    add(this.#choices[delta.choice] as Said, delta)
  }

  end(now: number): ChatAnswer {
    const message = messageOf(this.#writer.end())
    return answerOf(this.#answer, this.#call, { choices: this.#choices, message, usage: this.#usage, endedAt: now })
  }
}

interface Gathered {
  readonly choices: readonly Said[]
  readonly message: AssistantMessage
  readonly usage: Usage | undefined
  readonly endedAt: number
}

const answerOf = (answer: Answer, call: Call, { choices, message, usage, endedAt }: Gathered): ChatAnswer => {
  const first = choices[0] ?? nothingSaid()
  const toolCalls = [...first.tools.values()]
  const cost = costOfCall(call.account)
  const { firstTokenAt, cache } = call.notes
  return {
    id: call.id,
    text: first.text,
    reasoning: first.reasoning,
    refusal: first.refusal === '' ? undefined : first.refusal,
    toolCalls,
    finish: first.finish,
    message,
    choices: choices.map(({ text, finish }) => ({ text, finish })),
    usage,
    costUsd: cost === undefined ? undefined : usdFromNanos(cost),
    target: answer.head.target.id,
    attempts: call.account.attempts.length,
    durationMs: endedAt - call.started,
    firstTokenMs: firstTokenAt === undefined ? undefined : firstTokenAt - call.started,
    cache: cache && cacheNoteOf(cache),
  }
}

/** Fields of a message that the next turn needs; others are for readers, and strict providers refuse them. */
const carried = ['role', 'content', 'refusal', 'reasoning_content', 'reasoning_details', 'tool_calls'] as const

/** The message of the first choice, in the words in which a caller of the server would have got it. */
const messageOf = (written: string): AssistantMessage => {
  const { choices } = JSON.parse(written) as { choices: readonly { message: Readonly<Record<string, unknown>> }[] }
  const said = choices[0]?.message ?? {}
  const message: Record<string, unknown> = {}
  for (const field of carried) if (said[field] !== undefined && said[field] !== null) message[field] = said[field]
  return { ...message, role: 'assistant', content: typeof said.content === 'string' ? said.content : null }
}

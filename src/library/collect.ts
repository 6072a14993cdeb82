import type { Answer } from '../core/answer.ts'
import { type Call, costOfCall } from '../core/call.ts'
import type { Delta, FinishReason } from '../core/delta.ts'
import { usdFromNanos } from '../core/money.ts'
import type { Usage } from '../core/usage.ts'

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
}

/** What the model said, as a message of the conversation. */
export interface AssistantMessage {
  readonly role: 'assistant'
  readonly content: string | null
  readonly tool_calls?: readonly {
    readonly id: string
    readonly type: 'function'
    readonly function: { readonly name: string; readonly arguments: string }
  }[]
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
  #usage: Usage | undefined

  constructor(answer: Answer, call: Call) {
    this.#answer = answer
    this.#call = call
    answer.watch({
      done: (summary) => {
        this.#usage = summary.usage
      },
    })
  }

  take(delta: Delta): void {
    if (!('choice' in delta)) return
    this.#choices[delta.choice] ??= nothingSaid()
    add(this.#choices[delta.choice] as Said, delta)
  }

  end(now: number): ChatAnswer {
    return answerOf(this.#answer, this.#call, { choices: this.#choices, usage: this.#usage, endedAt: now })
  }
}

const answerOf = (
  answer: Answer,
  call: Call,
  { choices, usage, endedAt }: { choices: Said[]; usage: Usage | undefined; endedAt: number },
): ChatAnswer => {
  const first = choices[0] ?? nothingSaid()
  const toolCalls = [...first.tools.values()]
  const cost = costOfCall(call.account)
  const { firstTokenAt } = call.notes
  return {
    id: call.id,
    text: first.text,
    reasoning: first.reasoning,
    refusal: first.refusal === '' ? undefined : first.refusal,
    toolCalls,
    finish: first.finish,
    message: messageOf(first, toolCalls),
    choices: choices.map(({ text, finish }) => ({ text, finish })),
    usage,
    costUsd: cost === undefined ? undefined : usdFromNanos(cost),
    target: answer.head.target.id,
    attempts: call.account.attempts.length,
    durationMs: endedAt - call.started,
    firstTokenMs: firstTokenAt === undefined ? undefined : firstTokenAt - call.started,
  }
}

const messageOf = (choice: Said, toolCalls: readonly RequestedTool[]): AssistantMessage => {
  const content = choice.text === '' && toolCalls.length > 0 ? null : choice.text
  if (toolCalls.length === 0) return { role: 'assistant', content }
  return {
    role: 'assistant',
    content,
    tool_calls: toolCalls.map(({ id, name, arguments: text }) => ({
      id,
      type: 'function',
      function: { name, arguments: text },
    })),
  }
}

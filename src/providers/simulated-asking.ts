import type { Answer } from '../core/answer.ts'
import type { Attempt, Timeouts } from '../core/call.ts'
import type { Delta } from '../core/delta.ts'
import type { Chat, Message } from '../core/request.ts'
import type { Usage } from '../core/usage.ts'
import { createSimulated, type SimulatedOptions, simulatedFacts } from './simulated.ts'

/** Behaviour without any waiting. */
export const instant: SimulatedOptions = { latencyMs: { p50: 0, p99: 0 }, tokensPerSecond: Number.POSITIVE_INFINITY }

export const say = (text: string): Message => ({ role: 'user', parts: [{ kind: 'text', text }] })
export const chatOf = (text: string, more: Partial<Chat> = {}): Chat => ({
  messages: [say(text)],
  tools: [],
  stop: [],
  ...more,
})

export interface Asking {
  readonly stream?: boolean
  readonly model?: string
  readonly signal?: AbortSignal
  readonly timeouts?: Partial<Timeouts>
}

/** An attempt at a simulated target. */
export const attemptOf = (chat: Chat, more: Asking = {}): Attempt => {
  const model = more.model ?? 'small'
  return {
    id: 'call',
    startedAt: 1_000,
    started: 0,
    deadline: 60_000,
    request: {
      operation: 'chat',
      wire: 'library',
      model: `sim/${model}`,
      stream: more.stream ?? false,
      wantsUsage: false,
      body: undefined,
      untranslatable: [],
      chat,
    },
    caller: { key: 'test' },
    signal: more.signal ?? new AbortController().signal,
    account: { attempts: [] },
    notes: {},
    noFallback: false,
    retryCount: 0,
    target: { id: `sim/${model}`, provider: 'sim', model, weight: 1, quirks: {}, facts: simulatedFacts(model) },
    timeouts: { firstTokenMs: 60_000, idleMs: 60_000, progressMs: 60_000, ...more.timeouts },
    ordinal: 1,
    line: { target: `sim/${model}`, ordinal: 1, started: 0 },
  }
}

/** What an answer says, read from its bytes. */
export interface Heard {
  text: string
  thought: string
  readonly calls: { name: string; arguments: string }[]
  readonly deltas: Delta[]
  readonly finishes: string[]
  usage: Usage | undefined
}

const take = (heard: Heard, delta: Delta): void => {
  heard.deltas.push(delta)
  if (delta.kind === 'text') heard.text += delta.text
  else if (delta.kind === 'reasoning') heard.thought += delta.text
  else if (delta.kind === 'usage') heard.usage = delta.usage
  else if (delta.kind === 'finish') heard.finishes.push(delta.reason)
  else if (delta.kind === 'tool_call') {
    const call = delta.name === undefined ? heard.calls.at(-1) : { name: delta.name, arguments: '' }
    if (!call) return
    if (delta.name !== undefined) heard.calls.push(call)
    call.arguments += delta.arguments
  }
}

/** Everything that an answer says. */
export const hear = async (answer: Answer): Promise<Heard> => {
  const heard: Heard = { text: '', thought: '', calls: [], deltas: [], finishes: [], usage: undefined }
  for await (const chunk of answer) for (const delta of chunk.deltas) take(heard, delta)
  return heard
}

/** Asks a simulated provider that waits for nothing. */
export const ask = async (chat: Chat, more: Asking = {}, options: SimulatedOptions = {}): Promise<Heard> =>
  hear(await createSimulated({ ...instant, ...options }).answer(attemptOf(chat, more)))

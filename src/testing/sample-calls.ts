import type { Call, Caller } from '../core/call.ts'
import type { Chat } from '../core/request.ts'
import type { Target } from '../core/target.ts'

/** What is said of a call; the rest is as usual. */
export interface CallSample {
  readonly caller?: Caller | undefined
  readonly chat?: Partial<Chat> | undefined
  readonly stream?: boolean | undefined
  /** Unix milliseconds. */
  readonly startedAt?: number | undefined
}

/** A call that asks a few words, as policies see it. */
export const callOf = ({ caller, chat, stream, startedAt }: CallSample = {}): Call => ({
  id: 'call',
  startedAt: startedAt ?? 0,
  started: 0,
  deadline: 600_000,
  request: {
    operation: 'chat',
    wire: 'openai-chat',
    model: 'chat',
    stream: stream ?? false,
    wantsUsage: false,
    body: undefined,
    chat: { messages: [{ role: 'user', parts: [{ kind: 'text', text: 'Hi' }] }], tools: [], stop: [], ...chat },
    untranslatable: [],
  },
  caller: caller ?? { key: 'web' },
  signal: new AbortController().signal,
  account: { attempts: [] },
  notes: {},
  noFallback: false,
  retryCount: 0,
})

/** A target by its id, of which nothing else is known. */
export const targetOf = (id: string, weight = 1): Target => {
  const slash = id.indexOf('/')
  return { id, provider: id.slice(0, slash), model: id.slice(slash + 1), weight, quirks: {}, facts: undefined }
}

import type { Aside } from './aside.ts'
import { wishWithin } from './cache-words.ts'
import { type CacheWish, type Call, type Caller, createId } from './call.ts'
import type { OutputRules } from './output-rules.ts'
import { type Priority, priorityWithin } from './priority.ts'
import type { ProviderKey } from './provider-key.ts'
import type { Request } from './request.ts'
import type { StopSignal } from './stop.ts'
import type { TraceContext } from './trace.ts'

/** One thing asked of the gateway, before it is a call. */
export interface Question {
  readonly request: Request
  readonly caller: Caller
  /** A key of the caller's own account at a provider; undefined: the gateway's own are used. */
  readonly providerKey?: ProviderKey | undefined
  /** The caller's own id for it, if it is safe to repeat; else one is made. */
  readonly id?: string | undefined
  /** The caller's limit for everything; the route's own limit holds too. */
  readonly timeoutMs?: number | undefined
  /** The caller's limit until a stream begins. */
  readonly beginWithinMs?: number | undefined
  readonly noFallback?: boolean | undefined
  readonly retryCount?: number | undefined
  /** Against others that wait for the same target; no more than its key may. */
  readonly priority?: Priority | undefined
  /** The caller's own name for it, 1 to 255 printable characters. */
  readonly idempotencyKey?: string | undefined
  /** What the caller wishes of answers from memory; no more than its key may. */
  readonly cacheWish?: CacheWish | undefined
  /** What is done so that its answer satisfies its format, in place of what its model says. */
  readonly output?: OutputRules | undefined
  /** The trace that it belongs to. */
  readonly trace?: TraceContext | undefined
  /** As a job: is what it may cost to be set aside? Undefined: its caller does not say. */
  readonly hold?: boolean | undefined
  /** Money that was set aside for it before. */
  readonly aside?: Aside | undefined
}

/** When a call began, how long it may take, and what stops it. */
interface Beginning {
  /** On the process clock. */
  readonly started: number
  readonly totalMs: number
  readonly signal: StopSignal
}

/** A question as the call that it is from now on. */
export const callOf = (question: Question, { started, totalMs, signal }: Beginning): Call => ({
  id: question.id ?? createId(),
  startedAt: Date.now(),
  started,
  deadline: started + totalMs,
  request: question.request,
  caller: question.caller,
  providerKey: question.providerKey,
  signal,
  account: { attempts: [], aside: question.aside },
  notes: {},
  noFallback: question.noFallback ?? false,
  retryCount: question.retryCount ?? 0,
  priority: priorityWithin(question.priority, question.caller.priority),
  idempotencyKey: question.idempotencyKey,
  cacheWish: wishWithin(question.cacheWish, question.caller.cache),
  output: question.output,
  trace: question.trace,
})

import { afterwards, type Ending } from '../core/afterwards.ts'
import { type Call, costOfCall } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import type { Stage } from '../core/handler.ts'
import type { PromptNames } from '../core/prompt-names.ts'
import type { CallRecord, Sink } from '../core/record.ts'

/** Sees every end of a call, and tells the sinks one record. */
export const record =
  (sinks: readonly Sink[], clock: Clock, nameOf?: PromptNames): Stage<Call> =>
  (next) =>
  (call) =>
    afterwards(next(call), (ending) => {
      const entry = recordOf(call, ending, { now: clock.now(), prompt: nameOf?.(call.request) })
      for (const sink of sinks) sink(entry)
    })

interface Seen {
  readonly now: number
  readonly prompt: string | undefined
}

const recordOf = (call: Call, { error, summary }: Ending, { now, prompt }: Seen): CallRecord => {
  const { attempts } = call.account
  const last = attempts.at(-1)
  const { firstTokenAt } = call.notes
  return {
    id: call.id,
    startedAt: call.startedAt,
    started: call.started,
    durationMs: now - call.started,
    firstTokenMs: firstTokenAt === undefined ? undefined : firstTokenAt - call.started,
    caller: call.caller,
    wire: call.request.wire,
    operation: call.request.operation,
    stream: call.request.stream,
    model: call.notes.model ?? 'unknown',
    asked: call.request.model,
    target: summary ? last?.target : undefined,
    outcome: error === undefined ? 'ok' : error.code === 'cancelled' ? 'cancelled' : 'error',
    error: error?.code,
    cause: error?.code === 'internal' ? error.details.cause : undefined,
    attempts,
    notes: call.notes,
    finishes: summary ? summary.finishes.map((finish) => finish.reason) : [],
    prompt,
    usage: last?.usage,
    costNanos: costOfCall(call.account),
    retryCount: call.retryCount,
    trace: call.trace,
  }
}

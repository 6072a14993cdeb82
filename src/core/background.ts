import { afterwards } from './afterwards.ts'
import type { Answer } from './answer.ts'
import { type Call, createId, type Purpose } from './call.ts'
import type { Clock } from './clock.ts'
import { GatewayError } from './errors.ts'
import type { Handler, Stage } from './handler.ts'
import type { Request } from './request.ts'
import { Stop } from './stop.ts'

export interface BackgroundOptions {
  /** Answers and records it; what it costs is charged to whom the call belongs for which it is asked. */
  readonly ask: Handler<Call>
  readonly clock: Clock
  /** So many are under way at once. Default 64. */
  readonly most?: number | undefined
}

/** What the gateway asks for itself. */
export interface OwnQuestion {
  readonly purpose: Purpose
  /** Default: what the call asked. */
  readonly request?: Request | undefined
  /** Milliseconds for everything. */
  readonly totalMs: number
  /** Stands before whoever answers it. */
  readonly through?: Stage<Call> | undefined
}

/** Calls that the gateway makes for itself, beside those of its callers. */
export interface Background {
  /**
   * Asks something for the sake of a call, which is neither delayed nor changed. The answer must be read to its end, or
   * cancelled. Rejects with `overloaded` when too many are under way.
   */
  ask(call: Call, question: OwnQuestion): Promise<Answer>
  /** Stops every one that is under way. */
  cancelAll(reason: GatewayError): void
}

export const createBackground = ({ ask, clock, most = 64 }: BackgroundOptions): Background => {
  const underWay = new Set<Stop>()
  return {
    ask: async (call, question) => {
      if (underWay.size >= most) throw new GatewayError('overloaded', 'Too much is asked in the background.')
      const { totalMs, through } = question
      const stop = new Stop()
      let answer: Answer | undefined
      const expire = (): void => {
        const error = new GatewayError('deadline_exceeded', `It was not complete within ${totalMs} ms.`, {
          outcome: 'cancelled',
        })
        stop.abort(error)
        answer?.cancel(error)
      }
      const timer = setTimeout(expire, totalMs)
      underWay.add(stop)
      const coming = (through?.(ask) ?? ask)(ownCall(call, question, { stop, now: clock.now() }))
      answer = await afterwards(coming, () => {
        clearTimeout(timer)
        underWay.delete(stop)
      })
      return answer
    },
    cancelAll: (reason) => {
      for (const stop of underWay) stop.abort(reason)
    },
  }
}

const ownCall = (
  call: Call,
  { purpose, request = call.request, totalMs }: OwnQuestion,
  { stop, now }: { readonly stop: Stop; readonly now: number },
): Call => ({
  ...call,
  id: createId(),
  startedAt: Date.now(),
  started: now,
  deadline: now + totalMs,
  request,
  signal: stop,
  account: { attempts: [] },
  notes: { purpose, parent: call.id },
  retryCount: 0,
  cacheWish: undefined,
  identity: undefined,
})

import type { Answer } from '../core/answer.ts'
import { type Attempt, type Call, createId } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import { GatewayError } from '../core/errors.ts'
import type { Handler, Stage } from '../core/handler.ts'
import { isReplaySafe } from '../core/request.ts'
import { Stop } from '../core/stop.ts'
import type { Plan, Route } from '../routing/plan.ts'

export interface MirrorOptions {
  /** The plan in force. */
  plan(): Plan
  /** Answers a copy and records it; what it costs is charged as the call is. */
  readonly ask: Handler<Attempt>
  readonly clock: Clock
  readonly random: () => number
  /** Copies under way at once; beyond them calls are not copied. Default 64. */
  readonly most?: number | undefined
}

/** Copies of calls, under way in the background. */
export interface Mirrors {
  /** Copies its share of the calls that begin to be answered. The call itself is neither delayed nor changed by it. */
  readonly stage: Stage<Call>
  /** Stops every copy that is under way. */
  cancelAll(reason: GatewayError): void
}

export const createMirrors = (options: MirrorOptions): Mirrors => {
  const { plan, random, most = 64 } = options
  const underWay = new Set<Stop>()
  const copy = (call: Call, route: Route): void => {
    if (underWay.size >= most) {
      call.notes.mirror = 'full'
      return
    }
    call.notes.mirror = 'sent'
    const stop = new Stop()
    underWay.add(stop)
    // In a turn of its own: the answer of the call is on its way to the caller in this one.
    setImmediate(() => void send(call, route, stop, options).finally(() => underWay.delete(stop)))
  }
  return {
    stage: (next) => (call) => {
      const coming = next(call)
      const route = plan().find(call.request.model)
      if (route?.mirror && isMirrored(call) && random() < route.mirror.share)
        coming.then(
          () => copy(call, route),
          () => undefined,
        )
      return coming
    },
    cancelAll: (reason) => {
      for (const stop of underWay) stop.abort(reason)
    },
  }
}

/** What is asked for its effects would have them twice, and some callers do not want others to be asked, or pay themselves. */
const isMirrored = ({ request, noFallback, providerKey }: Call): boolean =>
  request.operation === 'chat' && !noFallback && providerKey === undefined && isReplaySafe(request)

/** Asks the mirror and reads its answer to the end. Never rejects: how it went is in its record. */
const send = async (call: Call, route: Route, stop: Stop, { ask, clock }: MirrorOptions): Promise<void> => {
  const totalMs = call.request.stream ? route.timeouts.streamTotalMs : route.timeouts.totalMs
  const deadline = setTimeout(() => stop.abort(tooLong(totalMs)), totalMs)
  try {
    await drop(await ask(copyOf(call, route, { stop, started: clock.now(), totalMs })))
  } catch {
    // The record tells of it; nobody waits for this answer.
  } finally {
    clearTimeout(deadline)
  }
}

interface Background {
  readonly stop: Stop
  readonly started: number
  readonly totalMs: number
}

const copyOf = (call: Call, { mirror, timeouts }: Route, { stop, started, totalMs }: Background): Attempt => {
  const { target } = mirror as NonNullable<Route['mirror']>
  const line = { target: target.id, ordinal: 1, started }
  return {
    ...call,
    id: createId(),
    startedAt: Date.now(),
    started,
    deadline: started + totalMs,
    signal: stop,
    account: { attempts: [line] },
    notes: { purpose: 'mirror', parent: call.id, model: call.notes.model ?? 'unknown' },
    retryCount: 0,
    target,
    timeouts,
    ordinal: 1,
    line,
  }
}

const drop = async (answer: Answer): Promise<void> => {
  for (let chunk = await answer.pull(); chunk !== undefined; chunk = await answer.pull());
}

const tooLong = (ms: number): GatewayError =>
  new GatewayError('deadline_exceeded', `The copy was not complete within ${ms} ms.`, { outcome: 'cancelled' })

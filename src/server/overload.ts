import type { IncomingHttpHeaders } from 'node:http'
import type { Caller } from '../core/call.ts'
import { GatewayError } from '../core/errors.ts'

/** What a process has too much of, each as a share of what it can bear. */
export interface Pressure {
  /** How late the event loop is. */
  readonly eventLoop: number
  /** How full the heap is. */
  readonly heap: number
  /** What the process takes of the machine's memory, where that is limited. */
  readonly memory: number
}

export interface OverloadOptions {
  /** Calls under way, as a share of what fits; read with each request. */
  calls(): number
  /** Looked at once a second. */
  pressure(): Pressure
  /** Told of every call that is turned away, and why. */
  shed(reason: ShedReason, whom: Shed): void
  readonly random: () => number
  /** Default 1 000. */
  readonly everyMs?: number | undefined
}

export type ShedReason = 'calls' | 'event_loop' | 'heap' | 'memory'

/** Who is turned away first: those that can wait by their own word, then those that were asked before, then everybody. */
export type Shed = 'low' | 'retry' | 'all'

/** Whether the gateway has room for one more call. */
export interface Overload {
  /** Are connections to end with their answers, so that callers find another gateway? */
  readonly isBusy: boolean
  /** Throws `overloaded` where nobody is let in, whoever it is. */
  admit(): void
  /** Throws `overloaded` where this one is not let in. */
  admitCaller(caller: Caller, headers: IncomingHttpHeaders): void
  close(): void
}

/** From which share on: connections end, low priority is shed, retries are shed, everybody is. */
const steps = [0.8, 0.9, 0.94, 0.98] as const
const [busy, low, retries, all] = [1, 2, 3, 4] as const
/** A step holds until the share is so much below it, so that it is not taken up and down with every call. */
const slack = 0.05

const words: Readonly<Record<ShedReason, string>> = {
  calls: 'it has as many calls under way as fit',
  event_loop: 'it cannot keep up',
  heap: 'its heap is nearly full',
  memory: 'it takes nearly as much memory as it may',
}
const retryAfterMs = 1_000
const spreadMs = 2_000

/** One signal, and the step it stands at. */
class Gauge {
  readonly reason: ShedReason
  level = 0

  constructor(reason: ShedReason) {
    this.reason = reason
  }

  set(share: number): void {
    let level = 0
    for (let index = 0; index < steps.length; index++)
      if (share >= (steps[index] as number) - (this.level > index ? slack : 0)) level = index + 1
    this.level = level
  }
}

/** Watches the signals and turns calls away while there is still room to say so. */
export const createOverload = ({ calls, pressure, shed, random, everyMs = 1_000 }: OverloadOptions): Overload => {
  const underWay = new Gauge('calls')
  const eventLoop = new Gauge('event_loop')
  const heap = new Gauge('heap')
  const memory = new Gauge('memory')
  const gauges = [eventLoop, heap, memory]
  let wasLate = 0

  const look = (): void => {
    const found = pressure()
    // Late once is a pause, as collecting garbage or waking up is; late twice is too much to do.
    eventLoop.set(Math.min(found.eventLoop, wasLate))
    wasLate = found.eventLoop
    heap.set(found.heap)
    memory.set(found.memory)
  }
  const timer = setInterval(look, everyMs).unref()

  const tightest = (): Gauge => {
    underWay.set(calls())
    let found: Gauge = underWay
    for (const gauge of gauges) if (gauge.level > found.level) found = gauge
    return found
  }
  const refuse = ({ reason }: Gauge, whom: Shed): never => {
    shed(reason, whom)
    throw new GatewayError('overloaded', `The gateway is overloaded: ${words[reason]}. Try again shortly.`, {
      retryAfterMs: retryAfterMs + spreadMs * random(),
    })
  }

  return {
    get isBusy() {
      return tightest().level >= busy
    },
    admit: () => {
      const gauge = tightest()
      if (gauge.level >= all) refuse(gauge, 'all')
    },
    admitCaller: (caller, headers) => {
      const gauge = tightest()
      if (gauge.level < low) return
      if (caller.priority === 'low' || headers['x-tollgate-priority'] === 'low') refuse(gauge, 'low')
      if (gauge.level >= retries && Number(headers['x-stainless-retry-count']) > 0) refuse(gauge, 'retry')
    },
    close: () => clearInterval(timer),
  }
}

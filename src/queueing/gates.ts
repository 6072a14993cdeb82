import type { Clock } from '../core/clock.ts'
import type { QueueLimits } from '../core/queue-limits.ts'
import { type Alarm, systemAlarm } from './alarm.ts'
import { Gate } from './gate.ts'
import type { GateStanding } from './standing.ts'

/** All gates of a process; they outlive configurations. */
export interface Gates {
  /** The gate of this name, made where there is none, as it is configured now. */
  of(name: string, limits: QueueLimits): Gate
  /** The same for somebody's own limits, which no target knows of. */
  ofCaller(name: string, limits: QueueLimits): Gate
  /** The gate of this name; undefined: nobody ever came to it. */
  peek(name: string): Gate | undefined
  standings(): readonly GateStanding[]
}

export interface GatesOptions {
  readonly clock: Clock
  /** Default: timers that keep no process alive. */
  readonly alarm?: Alarm | undefined
}

/** Callers may make names of models up: of gates where nothing happens, the oldest are forgotten beyond this many. */
const mostGates = 1_000

export const createGates = ({ clock, alarm = systemAlarm }: GatesOptions): Gates => {
  const gates = new Map<string, Gate>()
  const forget = (): void => {
    for (const [name, gate] of gates) {
      if (!gate.isIdle) continue
      gates.delete(name)
      return
    }
  }
  const find = (name: string, limits: QueueLimits, adapts: boolean): Gate => {
    const known = gates.get(name)
    if (known) {
      known.limits = limits
      return known
    }
    if (gates.size >= mostGates) forget()
    const gate = new Gate({ name, limits, clock, alarm, adapts })
    gates.set(name, gate)
    return gate
  }
  return {
    of: (name, limits) => find(name, limits, true),
    ofCaller: (name, limits) => find(name, limits, false),
    peek: (name) => gates.get(name),
    standings: () => [...gates.values()].map((gate) => gate.standing()),
  }
}

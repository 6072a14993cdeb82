import type { Bound } from '../core/allowance.ts'
import type { Call } from '../core/call.ts'
import { asGatewayError, GatewayError } from '../core/errors.ts'
import { isObject } from '../core/json.ts'
import type { QueueLimits, QueuePlace } from '../core/queue-limits.ts'
import type { Ask, Hold, Ledger } from '../ledger/ledger.ts'
import type { Gate } from './gate.ts'
import type { Gates } from './gates.ts'
import type { Pass } from './pass.ts'

/** How calls wait for limits of their callers. */
const waiting: QueueLimits = { maxWaitMs: 30_000, length: 1_000, concurrency: 1_000_000 }
const unknown = { mean: 0, variance: 0, p95: 0 }

/** Where the calls of somebody wait; it knows what they wait for, as far as this process is alone with it. */
export const gateOf = (gates: Gates, subject: string, bounds: readonly Bound[]): Gate => {
  const gate = gates.ofCaller(subject, waiting)
  for (const { allowance } of bounds) {
    const { unit, window, limit: most, model, waits } = allowance
    if (waits && model === undefined && window.kind === 'rolling' && (unit === 'requests' || unit === 'tokens'))
      gate.quota.limit({ unit, limit: Number(most), windowMs: window.ms }, 'configured')
  }
  return gate
}

/** A refusal that waiting does not help against. */
class Final {
  readonly error: unknown

  constructor(error: unknown) {
    this.error = error
  }
}

/** Who waits, and for what. */
export interface Wanting {
  readonly ledger: Ledger
  readonly call: Call
  readonly bounds: readonly Bound[]
  readonly asks: readonly Ask[]
}

/** Waits until the ledger has what is asked for, and it is this call's turn. */
export const waited = ({ ledger, call, bounds, asks }: Wanting, gate: Gate): Promise<Hold> => {
  const { caller, signal, deadline, notes, priority = 'normal' } = call
  const waits = new Set(bounds.flatMap(({ allowance }) => (allowance.waits ? [allowance.id] : [])))
  const sorted = (thrown: unknown): never => {
    const { code, details } = asGatewayError(thrown)
    const limit = details.facts?.limit
    const helps = isObject(limit) && typeof limit.id === 'string' && waits.has(limit.id)
    if (code === 'rate_limited' && helps && (details.retryAfterMs ?? Infinity) <= waiting.maxWaitMs) throw thrown
    throw new Final(thrown)
  }
  const grab = (): Hold | Promise<Hold> => {
    try {
      const holding = ledger.hold(asks, signal)
      return holding instanceof Promise ? holding.catch(sorted) : holding
    } catch (thrown) {
      return sorted(thrown)
    }
  }
  const tokens = asks.find(({ allowance }) => allowance.unit === 'tokens')?.wish ?? 1n
  const need = { prompt: Number(tokens), output: unknown }
  const tenant = caller.key
  const enter = async (): Promise<Hold> => {
    try {
      const waits = (place: () => QueuePlace): void => {
        notes.waiting = place
      }
      const weight = caller.weight ?? 1
      const pass = await gate.enter({ tenant, weight, priority, need, latestStart: deadline, signal, grab, waits })
      notes.queuedMs = pass.queuedMs
      return new Waited(pass.grabbed as Hold, pass)
    } catch (thrown) {
      if (thrown instanceof Final) throw thrown.error
      throw ownRefusal(asGatewayError(thrown))
    } finally {
      notes.waiting = undefined
    }
  }
  return enter()
}

/** What was waited for; whoever waits next is told when it ends. */
class Waited implements Hold {
  readonly #hold: Hold
  readonly #pass: Pass

  constructor(hold: Hold, pass: Pass) {
    this.#hold = hold
    this.#pass = pass
  }

  get granted(): readonly bigint[] {
    return this.#hold.granted
  }

  settle(used: readonly bigint[]): void {
    this.#hold.settle(used)
    this.#leave(used.some((amount) => amount > 0n) ? undefined : 'nothing')
  }

  release(): void {
    this.#hold.release()
    this.#leave('nothing')
  }

  #leave(used: 'nothing' | undefined): void {
    this.#pass.leave({ used, isOverload: false, isGood: false })
  }
}

/** Limits of one's own are told as such. */
const ownRefusal = (error: GatewayError): GatewayError => {
  if (error.code !== 'queue_full' && error.code !== 'queue_timeout') return error
  const { retryAfterMs, facts } = error.details
  return new GatewayError('rate_limited', error.message, { retryAfterMs, facts })
}

import type { Form } from '../core/answer.ts'
import type { CacheRules } from '../core/cache-rules.ts'
import type { Call } from '../core/call.ts'
import type { Reader } from '../core/chunk.ts'
import type { Clock } from '../core/clock.ts'
import { Flight, type FlightOptions } from '../core/flight.ts'
import type { Handler, Stage } from '../core/handler.ts'
import type { Identity } from '../core/identity.ts'
import type { Room } from '../core/reel.ts'
import type { Plan } from '../routing/plan.ts'

export interface CoalesceOptions {
  plan(): Plan
  /** Reads bytes of a language; undefined: there is no such language. */
  reader(wire: string, form: Form): Reader | undefined
  /** Wraps the handler of a flight whose first caller is gone, so that what it comes to is recorded and charged. */
  readonly recorded: Stage<Call>
  readonly clock: Clock
}

/** What all answers together may keep for those who lag behind or come later. */
const mostBytes = 67_108_864

/**
 * The same question at the same time is asked once: the first caller's question goes on, the others get its answer as it
 * comes. Streams and whole answers are the same here, since either is told in the form of the other where it is asked for.
 */
export const coalesce =
  ({ plan, reader, recorded, clock }: CoalesceOptions): Stage<Call> =>
  (next) => {
    const flights = new Map<string, Flight>()
    const room: Room = { usedBytes: 0, mostBytes }
    const closed = (flight: Flight): void => {
      if (flights.get(flight.key) === flight) flights.delete(flight.key)
    }
    const handle: Handler<Call> = (call) => {
      const { identity } = call
      const rules = identity && rulesFor(call, plan())
      if (!identity || !rules) return next(call)
      const key = keyOf(call, identity, rules)
      const known = flights.get(key)
      if (known) return isTooOld(known, call, clock) ? next(call) : known.board(call)
      const flight = new Flight(key, call.started, options)
      flights.set(key, flight)
      return flight.board(call)
    }
    const options: FlightOptions = { next, again: handle, recorded, clock, room, reader, closed }
    return handle
  }

/** Undefined: it is asked for itself. */
const rulesFor = ({ request, caller, cacheWish, signal, account }: Call, plan: Plan): CacheRules | undefined => {
  if (request.raw || cacheWish?.read === false || signal.aborted) return undefined
  // What is set aside for one is not spent on others, whom it might leave.
  if (account.aside !== undefined) return undefined
  const route = plan.find(request.model)
  // Whoever may not use the model hears so from the route.
  if (!route?.cache?.coalesce || caller.models?.includes(route.name) === false) return undefined
  return route.cache
}

/** Where similar questions may be answered alike, what is asked together is what may be answered so in the same way. */
const keyOf = ({ cacheWish }: Call, { key }: Identity, { semantic }: CacheRules): string =>
  semantic ? `${key} ${cacheWish?.semantic !== false} ${cacheWish?.maxAgeMs ?? ''}` : key

/** An answer that was begun longer ago than the caller wants it to be old. */
const isTooOld = ({ since }: Flight, { cacheWish }: Call, clock: Clock): boolean =>
  cacheWish?.maxAgeMs !== undefined && clock.now() - since > cacheWish.maxAgeMs

import { afterwards, type Ending } from './afterwards.ts'
import type { Answer, Form } from './answer.ts'
import { type Call, costOfCall } from './call.ts'
import type { Reader } from './chunk.ts'
import type { Clock } from './clock.ts'
import { asGatewayError, GatewayError } from './errors.ts'
import { FanOut } from './fan-out.ts'
import { type Boarded, Passenger } from './flight-passenger.ts'
import { tellFlight } from './flight-record.ts'
import { handOver, share, type Trip } from './flight-trip.ts'
import { concerns } from './flight-verdict.ts'
import type { Handler, Stage } from './handler.ts'
import type { Room } from './reel.ts'
import { Stop } from './stop.ts'

export interface FlightOptions {
  readonly next: Handler<Call>
  /** Asks from the beginning, when this flight is no more. */
  readonly again: Handler<Call>
  readonly recorded: Stage<Call>
  readonly clock: Clock
  readonly room: Room
  reader(wire: string, form: Form): Reader | undefined
  /** Told when nobody can join any more; perhaps more than once. */
  closed(flight: Flight): void
}

/** How often an upstream's failure is tried again by another one of those who wait. */
const mostAgain = 1

/** Equal calls that are under way at the same time: one of them asks, all are answered. */
export class Flight implements Boarded {
  readonly #options: FlightOptions
  /** Those for whom nothing has begun yet, in the order in which they came. */
  readonly #waiting = new Set<Passenger>()
  #trip: Trip | undefined
  #again = 0
  #fanOut: FanOut | undefined
  #answer: Answer | undefined
  #isShareable: boolean | undefined
  readonly key: string
  /** When it was first asked, on the process clock. */
  readonly since: number

  constructor(key: string, since: number, options: FlightOptions) {
    this.key = key
    this.since = since
    this.#options = options
  }

  /** The first leads; the others get what it gets. */
  board(call: Call): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const passenger = new Passenger(this, call, { resolve, reject })
      if (this.#fanOut) {
        this.#join(passenger, this.#fanOut)
        return
      }
      this.#waiting.add(passenger)
      if (!this.#trip) this.#depart(passenger)
    })
  }

  /** The one who waits is gone. */
  left(passenger: Passenger, reason: GatewayError): void {
    const trip = this.#trip
    if (this.#waiting.size > 1) {
      this.#waiting.delete(passenger)
      if (trip?.leader === passenger) handOver(trip)
      passenger.refuse(reason)
      return
    }
    this.#options.closed(this)
    // What it asked is told of in its own record, so it waits until that has stopped.
    if (trip?.leader !== passenger) {
      this.#waiting.delete(passenger)
      passenger.refuse(reason)
    }
    trip?.stop.abort(reason)
  }

  #depart(leader: Passenger): void {
    const stop = new Stop()
    const call: Call = { ...leader.call, signal: stop, account: { attempts: [] } }
    const trip: Trip = { leader, call, stop, isLed: true, ending: undefined }
    this.#trip = trip
    let coming: Promise<Answer>
    try {
      coming = this.#options.next(call)
    } catch (thrown) {
      coming = Promise.reject(thrown)
    }
    afterwards(coming, (ending) => this.#ended(trip, ending)).then(
      (answer) => this.#began(trip, answer),
      (thrown) => this.#failed(trip, asGatewayError(thrown)),
    )
  }

  /** Each attempt is told of once: by the leader, or where it is gone for itself. */
  #ended(trip: Trip, ending: Ending): void {
    trip.ending = ending
    if (this.#answer) this.#options.closed(this)
    if (trip.isLed) share(trip)
    else tellFlight(this.#options.recorded, { call: trip.call, ending, answer: this.#answer })
  }

  #began(trip: Trip, answer: Answer): void {
    this.#answer = answer
    if (trip.isLed) share(trip)
    if (trip.stop.aborted) {
      const reason = asGatewayError(trip.stop.reason)
      answer.cancel(reason)
      for (const passenger of this.#waiting) passenger.refuse(reason)
      this.#waiting.clear()
      return
    }
    const abandoned = (reason: GatewayError): void => {
      // What is over may still be put away in order.
      if (trip.ending) return
      trip.stop.abort(reason)
      answer.cancel(reason)
    }
    const fanOut = new FanOut(answer, {
      room: this.#options.room,
      reader: () => this.#readerOf(answer),
      closed: () => this.#options.closed(this),
      abandoned,
    })
    this.#fanOut = fanOut
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const passenger of waiting) {
      if (passenger === trip.leader) passenger.begin(fanOut.first((error) => error && handOver(trip)))
      else this.#join(passenger, fanOut)
    }
    // Nobody could share it, and the leader is gone.
    if (fanOut.size === 0) abandoned(nobodyLeft())
  }

  #readerOf({ head: { wire, form } }: Answer): Reader | undefined {
    return form === 'raw' ? undefined : this.#options.reader(wire, form)
  }

  /** A whole answer is one chunk; pieces need somebody to read them anew. */
  #canShare(): boolean {
    const answer = this.#answer as Answer
    this.#isShareable ??= answer.head.form === 'whole' || this.#readerOf(answer) !== undefined
    return this.#isShareable
  }

  #join(passenger: Passenger, fanOut: FanOut): void {
    if (this.#trip?.call.notes.shortened) {
      this.#options.closed(this)
      passenger.goOn(this.#options.again)
    } else if (this.#canShare()) passenger.begin(this.#follow(passenger, fanOut))
    else passenger.goOn(this.#options.next)
  }

  #follow(passenger: Passenger, fanOut: FanOut): Answer {
    const { call } = passenger
    const trip = this.#trip as Trip
    const { notes } = call
    const answer = fanOut.another((error) => {
      const costNanos = trip.ending && costOfCall(trip.call.account)
      if (error === undefined && costNanos !== undefined && notes.cache?.outcome === 'coalesced')
        notes.cache = { ...notes.cache, savedNanos: costNanos }
    })
    const { model, cache } = trip.call.notes
    if (model !== undefined) notes.model = model
    notes.firstTokenAt = this.#options.clock.now()
    const savedMs = Math.max(0, call.started - trip.call.started)
    // An answer to a question that says nearly the same is that for everybody.
    notes.cache =
      cache?.outcome === 'semantic' ? cache : { outcome: 'coalesced', target: answer.head.target.id, savedMs }
    return answer
  }

  #failed(trip: Trip, error: GatewayError): void {
    const { leader } = trip
    if (this.#waiting.delete(leader)) leader.refuse(error)
    const concern = concerns(error)
    const isShared = concern === 'everybody' || (concern === 'upstream' && this.#again >= mostAgain)
    if (isShared) {
      for (const passenger of this.#waiting) passenger.refuse(error)
      this.#waiting.clear()
    }
    const [next] = this.#waiting
    if (next === undefined) {
      this.#options.closed(this)
      return
    }
    if (concern === 'upstream') this.#again++
    this.#depart(next)
  }
}

const nobodyLeft = (): GatewayError =>
  new GatewayError('cancelled', 'Nobody waits for this answer any more.', { outcome: 'cancelled' })

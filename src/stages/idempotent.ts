import type { Answer } from '../core/answer.ts'
import type { Call, IdempotencyOutcome } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import { asGatewayError, GatewayError } from '../core/errors.ts'
import type { Handler, Stage } from '../core/handler.ts'
import type { KeptChunk } from '../core/kept-answer.ts'
import type { Request } from '../core/request.ts'
import { type AskedUnderKey, askedUnderKey } from '../keyed/asked-under-key.ts'
import { Flight, wait } from '../keyed/flight.ts'
import { inWordsOf } from '../keyed/in-words-of.ts'
import { packed, replayed, unpacked } from '../keyed/keyed-answer.ts'
import { Recording, type RecordingRoom } from '../keyed/recording.ts'
import { sealed, unsealed } from '../keyed/sealed.ts'
import type { IdempotencyStore } from '../stores/store.ts'
import type { Wire } from '../wire/wire.ts'

export interface IdempotentOptions {
  readonly calls: IdempotencyStore
  /** With which keys and questions are named, and answers sealed. */
  readonly secret: Uint8Array
  /** A language by its name; undefined: there is none (any more). */
  wire(name: string): Wire | undefined
  readonly clock: Clock
}

/** Answers are kept for so long after their end. */
const keepMs = 86_400_000
/** What a call may take beyond its deadline before its claim counts for nothing. */
const leaseBeyondMs = 60_000
/** One that waits says so before its own time is over. */
const mostMarginMs = 1_000
/** How often another process is asked whether it has finished. */
const firstLookMs = 25
const mostLookMs = 500
const mostWaiting = 1_000
/** The last bytes of an answer wait for the store no longer than this. */
const mostHoldMs = 5_000
const freeAgainMs = [1_000, 10_000, 60_000]

/**
 * The same key again: the same answer, not a second call. Whoever asks while the first call is under way waits for it.
 * Only whole answers are kept; whatever else became of a call, its key is free again. Without its store it refuses, since
 * who sends a key relies on not being charged twice.
 */
export const idempotent = (options: IdempotentOptions): Stage<Call> => {
  const desk = new Desk(options)
  return (next) => (call) =>
    call.idempotencyKey === undefined || !isKept(call.request)
      ? next(call)
      : desk.answer(next, call, askedUnderKey(call, call.idempotencyKey, options.secret))
}

/** What passes unread is the upstream's to keep; a count is never charged. */
const isKept = ({ raw, operation }: Request): boolean => raw === undefined && operation !== 'count_tokens'

class Desk {
  readonly #options: IdempotentOptions
  /** What this process asks at this moment, by the names of keys. */
  readonly #flights = new Map<string, Flight>()
  readonly #room: RecordingRoom = { used: 0 }
  #waiting = 0

  constructor(options: IdempotentOptions) {
    this.#options = options
  }

  async answer(next: Handler<Call>, call: Call, asked: AskedUnderKey): Promise<Answer> {
    const { calls, clock } = this.#options
    let lookMs = 0
    for (;;) {
      const leaseMs = Math.max(0, call.deadline - clock.now()) + leaseBeyondMs
      const claimed = await calls.claim({ ...asked, leaseMs })
      if (claimed.kind === 'mine') return this.#ask(next, call, this.#claimed(asked.name, claimed.fence))
      if (call.signal.aborted) throw asGatewayError(call.signal.reason)
      if (claimed.kind === 'mismatch') throw noted(call, 'mismatch', mismatch())
      if (claimed.kind === 'done') return this.#again(call, asked, { answer: claimed.answer, waited: lookMs > 0 })
      lookMs = Math.min(mostLookMs, lookMs === 0 ? firstLookMs : lookMs * 1.5)
      await this.#wait(call, asked.name, lookMs)
    }
  }

  /** Until the call of the same key is over, or it is time to look again. */
  async #wait(call: Call, name: string, lookMs: number): Promise<void> {
    const { clock } = this.#options
    const margin = Math.min(mostMarginMs, (call.deadline - call.started) / 10)
    const patienceMs = call.deadline - margin - clock.now()
    if (patienceMs <= 0 || this.#waiting >= mostWaiting) throw noted(call, 'conflict', conflict())
    const flight = this.#flights.get(name)
    this.#waiting++
    try {
      await wait(call.signal, flight, Math.min(patienceMs, flight ? patienceMs : lookMs))
    } finally {
      this.#waiting--
    }
  }

  #claimed(name: string, fence: number): Claim {
    const flight = new Flight()
    this.#flights.set(name, flight)
    return { name, fence, flight }
  }

  async #ask(next: Handler<Call>, call: Call, claim: Claim): Promise<Answer> {
    call.notes.idempotency = 'first'
    try {
      if (call.signal.aborted) throw asGatewayError(call.signal.reason)
      const answer = inWordsOf(call.request, await next(call), this.#options.wire(call.request.wire))
      const recording = new Recording(this.#room, {
        whole: (chunks) => this.#keep(claim, chunks && { call: call.id, model: call.notes.model, answer, chunks }),
        broken: () => void this.#free(claim),
      })
      return answer.watch(recording)
    } catch (thrown) {
      void this.#free(claim)
      throw thrown
    }
  }

  /** Before its last bytes are given, so that nobody who has seen all of it is asked to pay for it again. */
  async #keep(claim: Claim, whole: Whole | undefined): Promise<void> {
    if (!whole) return this.#free(claim)
    const { calls, secret } = this.#options
    const { call, model, answer, chunks } = whole
    const bytes = packed({ call, model, head: answer.head, chunks })
    const kept = calls.finish(claim.fence, sealed(bytes, claim.name, secret), keepMs).then(
      () => this.#land(claim),
      () => this.#free(claim),
    )
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, mostHoldMs)
    })
    await Promise.race([kept, late])
    clearTimeout(timer)
  }

  /** A claim that cannot be freed now is freed later; at last its time is over. */
  async #free(claim: Claim): Promise<void> {
    for (const pauseMs of [...freeAgainMs, 0]) {
      try {
        await this.#options.calls.free(claim.fence)
        break
      } catch {
        if (pauseMs > 0) await new Promise<void>((resolve) => void setTimeout(resolve, pauseMs).unref())
      }
    }
    this.#land(claim)
  }

  #land({ name, flight }: Claim): void {
    if (this.#flights.get(name) === flight) this.#flights.delete(name)
    flight.land()
  }

  #again(call: Call, { name }: AskedUnderKey, { answer, waited }: Found): Answer {
    const opened = unsealed(answer, name, this.#options.secret)
    const kept = opened && unpacked(opened)
    const wire = kept && this.#options.wire(kept.head.wire)
    const again = wire && replayed(kept, wire)
    if (!again) throw unreadable()
    call.notes.idempotency = waited ? 'waited' : 'replayed'
    call.notes.replayOf = kept.call
    if (kept.model !== undefined) call.notes.model = kept.model
    return again
  }
}

/** The right to ask under a key. */
interface Claim {
  readonly name: string
  readonly fence: number
  readonly flight: Flight
}

interface Whole {
  readonly call: string
  readonly model: string | undefined
  readonly answer: Answer
  readonly chunks: readonly KeptChunk[]
}

interface Found {
  readonly answer: Uint8Array
  readonly waited: boolean
}

const noted = (call: Call, outcome: IdempotencyOutcome, error: GatewayError): GatewayError => {
  call.notes.idempotency = outcome
  return error
}

const mismatch = (): GatewayError =>
  new GatewayError(
    'idempotency_mismatch',
    'Something else was asked under this idempotency key. A key is good for one request; take a new one for another.',
  )

const conflict = (): GatewayError =>
  new GatewayError(
    'idempotency_conflict',
    'The same request is under way under this idempotency key, and took longer than this one could wait.',
    { retryAfterMs: 1_000 },
  )

const unreadable = (): GatewayError =>
  new GatewayError(
    'internal',
    'The answer that was kept for this idempotency key cannot be read any more; take a new key.',
  )

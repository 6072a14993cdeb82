import type { Allowance } from '../core/allowance.ts'
import type { LedgerLine } from '../core/ledger-line.ts'
import type { Scope } from '../core/scope.ts'
import type { Batch, Booking, Charge, LedgerStore, LineSummer } from '../stores/store.ts'
import type { Alarm } from './alarm.ts'
import { LineBuffer } from './line-buffer.ts'
import type { Owner, Pot } from './pot.ts'

/** How long finished attempts wait for each other. */
const gatherMs = 200
/** So many lines are put into words in one go, like those of the log. */
const linesAtOnce = 64
/** As many lines do not wait any longer. */
const mostLines = 4_000
/**
 * What was used of a limit waits longer: until it is told it counts as leased, which is as good for the limit, and nobody
 * pays for it when this process dies.
 */
const limitsMs = 2_000
/** Lines that wait for a store; with more of them no money is given out. */
const mostWaiting = 100_000
const firstPauseMs = 50
const longestPauseMs = 2_000

/** What was used without a slice. */
interface Uncharged {
  readonly allowance: Allowance
  readonly subject: Scope
  used: bigint
}

/** A batch, and what of it is on its way back. */
interface Parcel {
  readonly batch: Batch
  readonly backs: readonly { readonly owner: Owner; readonly amount: bigint }[]
}

/**
 * What the store is to be told: what was used, what goes back, and lines. Gathered for a moment, then sent one batch
 * after the other, each until the store has confirmed it; nothing is dropped.
 */
export class Outbox {
  readonly #store: LedgerStore
  readonly #alarm: Alarm
  #pots: Pot[] = []
  #later: Pot[] = []
  #charges = new Map<string, Uncharged>()
  #fresh: LedgerLine[] = []
  readonly #lines = new LineBuffer()
  readonly #summer: LineSummer | undefined
  #from = 0
  #to = 0
  #sequence = 0
  readonly #parcels: Parcel[] = []
  readonly #flushed: { readonly sequence: number; readonly resolve: () => void }[] = []
  #waitingLines = 0
  #isSending = false
  #pauseMs = 0
  #isArmed = false

  constructor(store: LedgerStore, alarm: Alarm) {
    this.#store = store
    this.#summer = store.createSummer?.()
    this.#alarm = alarm
  }

  /** Something of this pot is to be told. */
  touch(pot: Pot): void {
    if (pot.waits === 'soon') return
    if (pot.owner.allowance.unit !== 'nanos' && pot.back === 0n) {
      if (pot.waits === 'later') return
      pot.waits = 'later'
      this.#later.push(pot)
      if (this.#later.length === 1) this.#alarm(this.#laterIsDue, limitsMs)
      return
    }
    pot.waits = 'soon'
    this.#pots.push(pot)
    this.#arm(gatherMs)
  }

  readonly #laterIsDue = (): void => {
    const later = this.#later
    this.#later = []
    for (const pot of later) {
      if (pot.waits !== 'later') continue
      pot.waits = 'soon'
      this.#pots.push(pot)
    }
    if (this.#pots.length > 0) this.#arm(gatherMs)
  }

  charge(allowance: Allowance, subject: Scope, used: bigint): void {
    if (used <= 0n) return
    const key = `${allowance.id}\n${subject}`
    const known = this.#charges.get(key)
    if (known) known.used += used
    else this.#charges.set(key, { allowance, subject, used })
    this.#arm(gatherMs)
  }

  write(line: LedgerLine): void {
    this.#fresh.push(line)
    this.#waitingLines++
    if (this.#fresh.length === linesAtOnce) this.#putIntoWords()
    // Not at once: what the last line stands for is booked in the same turn, and belongs to it.
    if (this.#lines.count + this.#fresh.length === mostLines) this.#alarm(this.cut, 0)
    else this.#arm(gatherMs)
  }

  #putIntoWords(): void {
    for (const line of this.#fresh) {
      this.#lines.add(JSON.stringify(line))
      this.#summer?.add(line)
      if (this.#lines.count === 1) {
        this.#from = line.at
        this.#to = line.at
      } else if (line.at > this.#to) this.#to = line.at
      else if (line.at < this.#from) this.#from = line.at
    }
    this.#fresh = []
  }

  /** Too much waits for the store. */
  get isFull(): boolean {
    return this.#waitingLines > mostWaiting
  }

  /** Lines that the store has not confirmed. */
  get waitingLines(): number {
    return this.#waitingLines
  }

  /** Nothing waits and nothing is on its way. */
  get isEmpty(): boolean {
    return this.#parcels.length === 0 && !this.#hasSome
  }

  /** Makes a batch of what is there, and sends it as soon as those before it were confirmed. */
  readonly cut = (): void => {
    if (this.#hasSome) this.#parcels.push(this.#parcel())
    this.#send()
  }

  /** Resolves when everything that was told until now is confirmed. */
  flush(): Promise<void> {
    this.#laterIsDue()
    this.cut()
    if (this.#parcels.length === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#flushed.push({ sequence: this.#sequence, resolve })
    })
  }

  get #hasSome(): boolean {
    return this.#pots.length > 0 || this.#charges.size > 0 || this.#fresh.length > 0 || this.#lines.count > 0
  }

  #arm(afterMs: number): void {
    if (this.#isArmed) return
    this.#isArmed = true
    this.#alarm(this.#due, afterMs)
  }

  /** While another batch is on its way the next one goes on growing; what confirms that one sends this. */
  readonly #due = (): void => {
    this.#isArmed = false
    if (this.#parcels.length === 0) this.cut()
  }

  #parcel(): Parcel {
    const bookings: Booking[] = []
    const backs: { owner: Owner; amount: bigint }[] = []
    for (const pot of this.#pots) {
      pot.waits = 'no'
      const { owner, back } = pot
      pot.takeBookings(bookings)
      if (back > 0n) backs.push({ owner, amount: back })
    }
    const charges = Array.from(this.#charges.values(), chargeOf)
    this.#putIntoWords()
    const { count } = this.#lines
    const batch = {
      sequence: ++this.#sequence,
      bookings,
      charges,
      lines: this.#lines.take(),
      count,
      sums: this.#summer?.take(),
      from: this.#from,
      to: this.#to,
    }
    this.#pots = []
    this.#charges = new Map()
    this.#from = 0
    this.#to = 0
    return { batch, backs }
  }

  #send(): void {
    const [parcel] = this.#parcels
    if (!parcel || this.#isSending) return
    this.#isSending = true
    this.#store.settle(parcel.batch).then(
      () => this.#confirmed(parcel),
      () => this.#again(),
    )
  }

  #confirmed({ batch, backs }: Parcel): void {
    this.#isSending = false
    this.#pauseMs = 0
    this.#parcels.shift()
    this.#waitingLines -= batch.count
    for (const { owner, amount } of backs) owner.returning -= amount
    while (this.#flushed[0] && this.#flushed[0].sequence <= batch.sequence) this.#flushed.shift()?.resolve()
    if (this.#parcels.length > 0) this.#send()
    else if (this.#hasSome && !this.#isArmed) this.cut()
  }

  /** The same batch again, after a pause that grows. */
  #again(): void {
    this.#pauseMs = this.#pauseMs === 0 ? firstPauseMs : Math.min(this.#pauseMs * 2, longestPauseMs)
    this.#alarm(() => {
      this.#isSending = false
      this.#send()
    }, this.#pauseMs)
  }
}

const chargeOf = ({ allowance, subject, used }: Uncharged): Charge => ({
  allowance: allowance.id,
  subject,
  window: allowance.window,
  limit: allowance.limit,
  used,
  alerts: allowance.alerts,
})

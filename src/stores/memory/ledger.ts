import { larger, smaller } from '../../core/amounts.ts'
import { GatewayError } from '../../core/errors.ts'
import type { Scope } from '../../core/scope.ts'
import type { Window } from '../../core/window.ts'
import type {
  Batch,
  Booking,
  Charge,
  Leased,
  LedgerEvents,
  LedgerStore,
  Shortage,
  Slice,
  Standing,
  Want,
} from '../store.ts'
import {
  type Account,
  countedAt,
  dueAlerts,
  openAccount,
  resetsAt,
  standingAt,
  type Tally,
  tallyAt,
} from './account.ts'

/** What one process holds of an account, or what is set aside for a job. */
export interface Held {
  readonly id: number
  readonly account: Account
  tally: Tally
  /** Undefined: it is set aside for a job that waits. */
  process: Member | undefined
  readonly onLoss: 'charge' | 'free'
  /** Not booked yet; of a lost one, what of it stands in `lost`. */
  left: bigint
  isLost: boolean
}

/** One of those that share the memory, as if it were a process. */
export interface Member {
  events: LedgerEvents | undefined
  /** The number of the last batch that was booked. */
  booked: number
  isClosed: boolean
}

export interface MemoryLedgerOptions {
  /** Unix milliseconds; where it goes back the ledger's time stands still. */
  readonly now: () => number
  /** Takes in the lines of each batch. */
  readonly book: (batch: Batch) => void
}

/** What all ledgers of one memory share. */
export class MemoryLedger {
  readonly #options: MemoryLedgerOptions
  readonly #accounts = new Map<string, Account>()
  readonly #slices = new Map<number, Held>()
  readonly #members = new Set<Member>()
  #latest = 0
  #lastSlice = 0

  constructor(options: MemoryLedgerOptions) {
    this.#options = options
  }

  /** One more that shares it. */
  open(): { readonly ledger: LedgerStore; readonly member: Member; fence(): void } {
    const member: Member = { events: undefined, booked: 0, isClosed: false }
    this.#members.add(member)
    const members = this.#members
    const ledger: LedgerStore = {
      lease: async (wants) => this.#lease(wants, member),
      settle: async (batch) => this.#settle(batch, member),
      standing: async (allowance, subject, window) => this.#standing(allowance, subject, window),
      get processes() {
        return members.size
      },
      listen: (events) => {
        member.events = events
      },
      close: async () => this.#leave(member),
    }
    return { ledger, member, fence: () => this.#fence(member) }
  }

  standings(): readonly Standing[] {
    const now = this.#now()
    return [...this.#accounts.values()].map((account) => standingAt(account, now))
  }

  /** Takes what is lost off what is settled; what is booked late for it is then counted anew. */
  releaseLost(allowance: string, subject: Scope): bigint {
    const account = this.#accounts.get(keyOf(allowance, subject))
    if (!account) return 0n
    let amount = 0n
    for (const tally of account.tallies.values()) {
      amount += tally.lost
      tally.settled -= tally.lost
      tally.lost = 0n
    }
    for (const held of this.#slices.values()) if (held.account === account && held.isLost) held.left = 0n
    return amount
  }

  #now(): number {
    this.#latest = Math.max(this.#latest, this.#options.now())
    return this.#latest
  }

  #account({ allowance, subject, window }: Pick<Want, 'allowance' | 'subject' | 'window'>): Account {
    const key = keyOf(allowance, subject)
    const found = this.#accounts.get(key)
    if (found) {
      found.window = window
      return found
    }
    const account = openAccount(allowance, subject, window)
    this.#accounts.set(key, account)
    return account
  }

  /** Sets money aside that no process holds: all of it, or what there is too little of. */
  setAside(
    wants: readonly Want[],
  ): { readonly held: readonly Held[] } | { readonly short: Shortage; mayGrow: boolean } {
    const taken = this.#take(wants, undefined)
    if (!('short' in taken)) return { held: taken.map(({ held }) => held) }
    const { allowance, subject } = taken.short
    const account = this.#accounts.get(keyOf(allowance, subject))
    const mayGrow = [...this.#slices.values()].some(
      (held) => held.account === account && held.process !== undefined && !held.isLost && held.left > 0n,
    )
    return { ...taken, mayGrow }
  }

  /** Books what was used of a slice that was set aside; where none is to be kept, the rest goes back. */
  book({ id, left, process }: Held, used: bigint, isKept: boolean): void {
    const account = this.#book({ slice: id, used, back: isKept ? 0n : larger(left - used, 0n) })
    const alerts = account && used > 0n ? dueAlerts(account, this.#now()) : []
    if (alerts.length > 0) queueMicrotask(() => process?.events?.crossed(alerts))
  }

  #lease(wants: readonly Want[], process: Member): Leased {
    refuseClosed(process)
    const taken = this.#take(wants, process)
    return 'short' in taken ? { ok: false, ...taken } : { ok: true, slices: taken.map(({ slice }) => slice) }
  }

  #take(
    wants: readonly Want[],
    process: Member | undefined,
  ): readonly { readonly held: Held; readonly slice: Slice }[] | { readonly short: Shortage } {
    const now = this.#now()
    const given: { readonly held: Held; readonly slice: Slice }[] = []
    for (const want of wants) {
      const account = this.#account(want)
      account.limit = want.limit
      account.alerts = want.alerts ?? []
      const { settled, leased } = countedAt(account, now)
      const free = want.limit - settled - leased
      const amount = smaller(free, want.wish)
      if (amount < want.least) {
        for (const { held } of given) this.#drop(held)
        this.#recall(want, process)
        const { allowance, subject, limit } = want
        const short = { allowance, subject, limit, settled, leased, free, resetsAt: resetsAt(account, now) }
        return { short: { ...short, free: larger(free, 0n) } }
      }
      if (amount <= 0n) continue
      const tally = tallyAt(account, now)
      const held: Held = {
        id: ++this.#lastSlice,
        account,
        tally,
        process,
        onLoss: want.onLoss,
        left: amount,
        isLost: false,
      }
      tally.leased += amount
      this.#slices.set(held.id, held)
      given.push({ held, slice: sliceOf(held, settled, leased + amount) })
    }
    return given
  }

  #drop(held: Held): void {
    held.tally.leased -= held.left
    this.#slices.delete(held.id)
  }

  #recall({ allowance, subject }: Want, process: Member | undefined): void {
    for (const member of this.#members)
      if (member !== process) queueMicrotask(() => member.events?.recall([{ allowance, subject }]))
  }

  #settle(batch: Batch, member: Member): void {
    refuseClosed(member)
    if (batch.sequence <= member.booked) return
    member.booked = batch.sequence
    const now = this.#now()
    const touched = new Set<Account>()
    for (const booking of batch.bookings) {
      const account = this.#book(booking)
      if (account) touched.add(account)
    }
    for (const charge of batch.charges) touched.add(this.#charge(charge, now))
    this.#options.book(batch)
    const alerts = [...touched].flatMap((account) => dueAlerts(account, now))
    if (alerts.length > 0) queueMicrotask(() => member.events?.crossed(alerts))
  }

  #book({ slice, used, back }: Booking): Account | undefined {
    const held = this.#slices.get(slice)
    if (!held) return undefined
    const { tally } = held
    const gone = used + back
    const taken = smaller(gone, held.left)
    held.left -= taken
    tally.settled += used
    if (held.isLost) {
      // It stands in both already: what is known of it now takes the place of what was feared.
      tally.lost -= taken
      tally.settled -= taken
    } else {
      tally.leased -= taken
      // What was used beyond a slice may be told in parts: the slice is then kept.
      if (held.left === 0n && gone === taken) this.#slices.delete(slice)
    }
    return held.account
  }

  #charge(charge: Charge, now: number): Account {
    const account = this.#account(charge)
    account.limit = charge.limit
    account.alerts = charge.alerts
    tallyAt(account, now).settled += charge.used
    return account
  }

  #standing(allowance: string, subject: Scope, window: Window): Standing | undefined {
    const account = this.#accounts.get(keyOf(allowance, subject))
    return account && standingAt({ ...account, window }, this.#now())
  }

  #fence(member: Member): void {
    for (const held of this.#slices.values()) {
      if (held.process !== member || held.isLost) continue
      held.isLost = true
      held.tally.leased -= held.left
      if (held.onLoss === 'charge') {
        held.tally.settled += held.left
        held.tally.lost += held.left
      } else held.left = 0n
    }
    queueMicrotask(() => member.events?.fenced())
  }

  #leave(member: Member): void {
    if (member.isClosed) return
    member.isClosed = true
    member.events = undefined
    this.#members.delete(member)
    for (const held of this.#slices.values()) if (held.process === member && !held.isLost) this.#drop(held)
  }
}

const keyOf = (allowance: string, subject: Scope): string => `${allowance}\n${subject}`

const refuseClosed = ({ isClosed }: Member): void => {
  if (isClosed) throw new GatewayError('store_unavailable', 'The store is closed.')
}

const sliceOf = ({ id, account, tally, left }: Held, settled: bigint, leased: bigint): Slice => ({
  id,
  allowance: account.allowance,
  subject: account.subject,
  start: tally.start,
  end: tally.end,
  amount: left,
  settled,
  leased,
})

import type { Clock } from '../core/clock.ts'
import { GatewayError } from '../core/errors.ts'
import type { StopSignal } from '../core/stop.ts'
import type { Leased, LedgerStore, Shortage, Slice } from '../stores/store.ts'
import type { Alarm } from './alarm.ts'
import { Held } from './held.ts'
import type { Ask, Hold } from './ledger.ts'
import type { Outbox } from './outbox.ts'
import type { Purse } from './purse.ts'
import type { Purses } from './purses.ts'
import type { StoreTime } from './store-time.ts'
import type { Lack, Till } from './till.ts'
import { Waiter } from './waiter.ts'
import { noteLeased, wantFor } from './wants.ts'

/** How long a shortage is believed, where nothing is known of when it ends. */
const shortMs = 250
/** How long others are given to give back, and how often they are looked after. */
const recallMs = 100
const recallEveryMs = 25
/** How often, and how long, what this process itself gave back is waited for. */
const mostReturns = 3
const returnMs = 1_000
/** How long the store is left alone after it failed, and how long it may take before it counts as failing. */
const downMs = 1_000
const patienceMs = 5_000

export interface LendingParts {
  readonly store: LedgerStore
  readonly till: Till
  readonly purses: Purses
  readonly outbox: Outbox
  readonly time: StoreTime
  readonly clock: Clock
  readonly alarm: Alarm
}

/** One question to the store. */
interface Lease {
  readonly lacks: readonly Lack[]
  readonly waiter: Waiter
  /** When it was asked, on the store's time. */
  askedAt: number
  /** The last waiter who was there then: they are served as of then, also when the answer comes after a period's end. */
  readonly lastWaiter: number
  isOver: boolean
}

/**
 * Asks the store for those whom the purses cannot serve. Each purse asks once at a time; all who lack something there
 * wait for that answer, and are served in the order in which they came.
 */
export class Lending {
  readonly #parts: LendingParts
  #waiters = 0
  /** How often the store was asked. */
  leases = 0

  constructor(parts: LendingParts) {
    this.#parts = parts
  }

  wait(asks: readonly Ask[], signal: StopSignal): Promise<Hold> {
    const waiter = new Waiter(++this.#waiters, asks, signal)
    this.#pursue(waiter, this.#parts.time.now())
    return waiter.hold
  }

  /** Something became free here: whoever waits first for it is served first. */
  readonly freed = (purse: Purse): void => {
    queueMicrotask(() => this.#serve(purse))
  }

  #serve(purse: Purse): void {
    for (const waiter of purse.waiters) {
      if (!(waiter instanceof Waiter)) continue
      const taken = this.#parts.till.take(waiter.asks, this.#parts.time.now())
      if (!(taken instanceof Held)) return
      waiter.succeed(taken)
    }
  }

  #pursue(waiter: Waiter, nowMs: number): void {
    waiter.waitAt([])
    const { till } = this.#parts
    const taken = till.take(waiter.asks, nowMs)
    if (taken instanceof Held) waiter.succeed(taken)
    else if (taken) waiter.fail(taken)
    else this.#borrow(waiter, till.lacks(waiter.asks, nowMs))
  }

  #borrow(waiter: Waiter, lacks: readonly Lack[] | GatewayError): void {
    if (lacks instanceof GatewayError) {
      waiter.fail(lacks)
      return
    }
    waiter.waitAt(lacks.map(({ purse }) => purse))
    if (!lacks.some(({ purse }) => purse.isLeasing)) this.#lease(lacks, waiter)
  }

  #lease(lacks: readonly Lack[], waiter: Waiter): void {
    const { time, alarm } = this.#parts
    for (const { purse } of lacks) purse.isLeasing = true
    const lease: Lease = { lacks, waiter, askedAt: time.now(), lastWaiter: this.#waiters, isOver: false }
    const fail = (failure: unknown): void => this.#failed(lease, failure)
    const cancel = alarm(() => fail(new Error(`The store did not answer within ${patienceMs} ms.`)), patienceMs)
    const ask = async (): Promise<void> => {
      lease.askedAt = time.now()
      this.#answered(lease, await this.#ask(lacks))
    }
    ask().catch(fail).finally(cancel)
  }

  #ask(lacks: readonly Lack[]): Promise<Leased> {
    const { store, clock } = this.#parts
    this.leases++
    const clockMs = clock.now()
    return store.lease(lacks.map((lack) => wantFor(lack, store.processes, clockMs)))
  }

  #answered(lease: Lease, leased: Leased): void {
    if (leased.ok) this.#accept(lease, leased.slices)
    if (lease.isOver) return
    lease.isOver = true
    const held = leased.ok ? undefined : this.#short(lease, leased.short)
    const released = lease.lacks.map(({ purse }) => purse).filter((purse) => purse !== held)
    for (const purse of released) purse.isLeasing = false
    this.#wake(released, lease)
  }

  #accept(lease: Lease, slices: readonly Slice[]): void {
    const { purses, time, clock } = this.#parts
    for (const slice of slices) {
      const purse = purseOf(lease, slice)
      if (!purse) continue
      lease.askedAt = time.learn(lease.askedAt, slice)
      purses.accept(purse, slice)
      purse.short = undefined
      noteLeased(purse, slice.amount, clock.now())
    }
  }

  /** Refuses, or waits until this process, or others, have given back: the purse is then kept as if it was asking. */
  #short(lease: Lease, shortage: Shortage): Purse | undefined {
    const { clock, alarm, store, time, till } = this.#parts
    const purse = purseOf(lease, shortage)
    const lack = lease.lacks.find((each) => each.purse === purse)
    if (!purse || !lack) return undefined
    const clockMs = clock.now()
    if (purse.free < lack.ask.least) {
      const patience = lease.waiter.patienceAt(purse)
      if (purse.returning > 0n && patience.returns++ < mostReturns) {
        this.#afterReturns(purse)
        return purse
      }
      if (store.processes > 1 && shortage.leased > 0n) {
        patience.recallUntil ??= clockMs + recallMs
        if (clockMs < patience.recallUntil) {
          alarm(() => this.#again(purse), recallEveryMs)
          return purse
        }
      }
    }
    const resetMs = shortage.resetsAt === undefined ? shortMs : Math.max(0, shortage.resetsAt - time.now())
    till.shorten(purse, { shortage, free: shortage.free, until: clockMs + Math.min(shortMs, resetMs) })
    return undefined
  }

  #afterReturns(purse: Purse): void {
    const { outbox, alarm } = this.#parts
    let isOver = false
    const goOn = (): void => {
      if (isOver) return
      isOver = true
      this.#again(purse)
    }
    const cancel = alarm(goOn, returnMs)
    outbox.flush().then(() => {
      cancel()
      goOn()
    })
  }

  #again(purse: Purse): void {
    purse.isLeasing = false
    this.#wake([purse])
  }

  #failed(lease: Lease, failure: unknown): void {
    if (lease.isOver) return
    lease.isOver = true
    this.#parts.till.fail(failure, downMs)
    const purses = lease.lacks.map(({ purse }) => purse)
    for (const purse of purses) purse.isLeasing = false
    this.#wake(purses, lease)
  }

  /** Goes through those who wait, until all these purses are asking again: then who is left waits for that. */
  #wake(purses: readonly Purse[], lease?: Lease): void {
    const waiting = new Set(purses.flatMap(({ waiters }) => [...waiters]))
    const inOrder = [...waiting]
      .filter((each) => each instanceof Waiter)
      .sort((one, other) => one.number - other.number)
    if (lease) inOrder.unshift(lease.waiter)
    for (const waiter of inOrder) {
      if (purses.every(({ isLeasing }) => isLeasing)) return
      if (waiter.isOver) continue
      const wasThere = lease !== undefined && waiter.number <= lease.lastWaiter
      this.#pursue(waiter, wasThere ? lease.askedAt : this.#parts.time.now())
    }
  }
}

const purseOf = ({ lacks }: Lease, { allowance, subject }: Pick<Slice, 'allowance' | 'subject'>): Purse | undefined =>
  lacks.find(({ purse }) => purse.allowance.id === allowance && purse.subject === subject)?.purse

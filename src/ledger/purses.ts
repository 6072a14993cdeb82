import type { Allowance } from '../core/allowance.ts'
import type { Clock } from '../core/clock.ts'
import type { Scope } from '../core/scope.ts'
import type { Window } from '../core/window.ts'
import type { Slice } from '../stores/store.ts'
import type { Outbox } from './outbox.ts'
import { Pot } from './pot.ts'
import { Purse } from './purse.ts'

/** What is idle for so long goes back, where others may want it. */
const idleMs = 1_000
/** Where nobody else is, nothing is gained by giving back; but subjects come and go. */
const idleAloneMs = 60_000
/** An empty purse is kept for so long, for whoever asks how things stand. */
const lingerMs = 5_000
/** A replaced allowance may still be asked for by calls under way, for so long. */
const staleMs = 10_000

/** All purses of this process, and what moves between them and the store's keeping. */
export class Purses {
  readonly #byAllowance = new Map<string, Map<Scope, Purse>>()
  /** When an allowance was replaced by another of the same name, on the process clock. */
  readonly #replaced = new WeakMap<Allowance, number>()
  readonly #outbox: Outbox
  readonly #clock: Clock

  constructor(outbox: Outbox, clock: Clock) {
    this.#outbox = outbox
    this.#clock = clock
  }

  /** The purse of an allowance and a subject, brought up to this time of the store. */
  at(allowance: Allowance, subject: Scope, nowMs: number): Purse {
    let purse = this.peek(allowance.id, subject)
    if (!purse) {
      purse = new Purse(allowance, subject, this.#clock.now())
      let bySubject = this.#byAllowance.get(allowance.id)
      if (!bySubject) {
        bySubject = new Map()
        this.#byAllowance.set(allowance.id, bySubject)
      }
      bySubject.set(subject, purse)
    }
    if (purse.allowance !== allowance) this.#change(purse, allowance)
    if (purse.pot !== undefined && purse.pot.end <= nowMs) this.closePot(purse)
    return purse
  }

  peek(id: string, subject: Scope): Purse | undefined {
    return this.#byAllowance.get(id)?.get(subject)
  }

  get count(): number {
    let sum = 0
    for (const bySubject of this.#byAllowance.values()) sum += bySubject.size
    return sum
  }

  *all(): Iterable<Purse> {
    for (const bySubject of this.#byAllowance.values()) yield* bySubject.values()
  }

  /** Takes in a slice that was leased. */
  accept(purse: Purse, slice: Slice): void {
    let pot = purse.pot
    if (pot && pot.start !== slice.start) {
      this.closePot(purse)
      pot = undefined
    }
    pot ??= new Pot(purse, slice)
    pot.add(slice)
    purse.pot = pot
    purse.count(slice)
  }

  /** Nothing is spent from it any more: its period is over, or the store has taken it back. */
  closePot(purse: Purse): void {
    const { pot } = purse
    if (!pot) return
    pot.isOpen = false
    purse.pot = undefined
    this.giveBack(pot, purse)
  }

  /** What is free goes back to the store; what is held stays. */
  giveBack(pot: Pot, purse: Purse): void {
    if (pot.free <= 0n) return
    pot.back += pot.free
    purse.returns(pot.free)
    pot.free = 0n
    this.#outbox.touch(pot)
  }

  /** Everything that is free here goes back. */
  giveAll(purse: Purse, nowMs: number): void {
    const { pot } = purse
    if (!pot) return
    if (pot.end <= nowMs) this.closePot(purse)
    else this.giveBack(pot, purse)
  }

  /** Gives back what nobody has asked for lately, and forgets purses that are of no use. */
  sweep(nowMs: number, processes: number): void {
    const clockMs = this.#clock.now()
    for (const [id, bySubject] of this.#byAllowance) {
      for (const [subject, purse] of bySubject) {
        this.#look(purse, { nowMs, clockMs, processes })
        if (isUseless(purse, clockMs)) bySubject.delete(subject)
      }
      if (bySubject.size === 0) this.#byAllowance.delete(id)
    }
  }

  #look(purse: Purse, { nowMs, clockMs, processes }: Moment): void {
    const { pot } = purse
    if (pot && pot.end <= nowMs) this.closePot(purse)
    if (purse.isUsed) {
      purse.isUsed = false
      purse.idleSince = clockMs
    } else if (pot?.isOpen) {
      const isAlone = processes === 1 && purse.allowance.unit !== 'nanos'
      if (clockMs - purse.idleSince >= (isAlone ? idleAloneMs : idleMs)) this.giveBack(pot, purse)
      if (pot.isEmpty) purse.pot = undefined
    }
  }

  /**
   * Administrators changed an allowance. Less than before is in force at once, here as elsewhere. Whoever began with what
   * was in force before is bound by what is now: going back and forth between the two would end nowhere.
   */
  #change(purse: Purse, allowance: Allowance): void {
    const clockMs = this.#clock.now()
    const replacedAt = this.#replaced.get(allowance)
    if (replacedAt !== undefined && clockMs - replacedAt < staleMs) return
    const before = purse.allowance
    this.#replaced.set(before, clockMs)
    purse.allowance = allowance
    const sameWindow = nameOf(before.window) === nameOf(allowance.window)
    if (before.limit === allowance.limit && sameWindow) return
    purse.short = undefined
    if (!sameWindow || allowance.limit < before.limit) this.closePot(purse)
  }
}

interface Moment {
  readonly nowMs: number
  readonly clockMs: number
  readonly processes: number
}

const nameOf = (window: Window): string => JSON.stringify(window)

const isUseless = (purse: Purse, clockMs: number): boolean =>
  purse.pot === undefined &&
  purse.held === 0 &&
  !purse.isLeasing &&
  purse.waiters.size === 0 &&
  purse.returning === 0n &&
  clockMs - purse.idleSince >= lingerMs

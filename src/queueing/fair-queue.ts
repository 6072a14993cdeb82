import { type Priority, priorities } from '../core/priority.ts'
import { Bench, type Position, type Seat, type Waiting } from './bench.ts'

export type { Seat, Waiting } from './bench.ts'

/** Who waits this long at a lower priority gets a part of the turns. */
const ageMs = 5_000
/** One of so many turns belongs to those who have aged. */
const turnsPerAged = 4

/** Somebody joined; whoever had to go for it stands beside it. Or nobody joined, and why. */
export type Joined<T extends Waiting> =
  | { readonly seat: Seat<T>; readonly evicted?: T | undefined }
  | { readonly refused: 'full' | 'share' }

/**
 * A bounded queue: higher priorities first, within one of them tenants by weighted fair shares, within a tenant who came
 * first. Who waits five seconds behind others gets every fourth turn, so nobody waits for ever. No tenant has more
 * than a quarter of the places while others wait; what it took while it was alone it loses to newcomers, the latest first.
 */
export class FairQueue<T extends Waiting> {
  length: number
  readonly #benches: Readonly<Record<Priority, Bench<T>>> = { high: new Bench(), normal: new Bench(), low: new Bench() }
  /** Places by tenant, whatever the priority. */
  readonly #places = new Map<string, number>()
  /** Tenants with more than a quarter of the places. */
  readonly #greedy = new Set<string>()
  #size = 0
  #sinceAged = 0

  constructor(length: number) {
    this.length = length
  }

  get size(): number {
    return this.#size
  }

  /** What all who wait will use up. */
  get cost(): number {
    return this.#benches.high.cost + this.#benches.normal.cost + this.#benches.low.cost
  }

  /** `active`: the time that measures how fast turns come. */
  join(value: T, active: number): Joined<T> {
    const { tenant } = value
    const places = this.#places.get(tenant) ?? 0
    if (places >= this.#quarter && places < this.#size) return { refused: 'share' }
    const evicted = this.#size >= this.length ? this.#evict(tenant, active) : undefined
    if (this.#size >= this.length) return { refused: 'full' }
    const seat = this.#benches[value.priority].join(value, active)
    this.#count(tenant, places + 1)
    this.#size++
    return { seat, evicted }
  }

  /** Whose turn it would be now. */
  next(now: number): Seat<T> | undefined {
    const aged = this.#sinceAged >= turnsPerAged - 1 ? this.#aged(now) : undefined
    if (aged) return aged.next
    for (const priority of priorities) {
      const { next } = this.#benches[priority]
      if (next) return next
    }
    return undefined
  }

  /** It is their turn: the one that `next` just gave. */
  take(seat: Seat<T>, active: number): void {
    if (this.#isUrgent(seat.bench)) this.#sinceAged++
    else this.#sinceAged = 0
    seat.bench.take(seat, active)
    this.#left(seat)
  }

  /** Leaves before its turn; who is not in it any more leaves nothing. */
  leave(seat: Seat<T>, active: number): void {
    if (!seat.amongOwn.isIn) return
    seat.bench.leave(seat, active)
    this.#left(seat)
  }

  /** It used more or less than was reckoned with, which its tenant's next turn makes up for. */
  repay({ tenant }: Seat<T>, more: number): void {
    tenant.debt += more
  }

  /** How long what this tenant has waiting, and so much more, would take as fast as it was served lately; 0: not known. */
  ownSpan({ tenant, priority }: Pick<T, 'tenant' | 'priority'>, more: number, active: number): number {
    return this.#benches[priority].ownSpan(tenant, more, active)
  }

  /** About how much is used up until the last that this tenant has waiting, and so much more, has had its turn. */
  ahead({ tenant, priority, weight }: Pick<T, 'tenant' | 'priority' | 'weight'>, more: number): number {
    let before = 0
    let isLower = false
    let behind = 0
    for (const each of priorities) {
      const bench = this.#benches[each]
      if (each === priority) {
        before += bench.ahead(tenant, more, weight)
        isLower = true
      } else if (isLower) behind += bench.cost
      else before += bench.cost
    }
    return before + Math.min(behind, before / (turnsPerAged - 1))
  }

  /** All who wait, the more urgent first. They may leave while they are gone through. */
  *positions(): Generator<Position<T>> {
    let before = 0
    for (const priority of priorities) {
      const bench = this.#benches[priority]
      const { cost } = bench
      for (const { seat, ahead } of bench.positions()) yield { seat, ahead: before + ahead }
      before += cost
    }
  }

  get #quarter(): number {
    return Math.max(1, Math.floor(this.length / 4))
  }

  #isUrgent(bench: Bench<T>): boolean {
    for (const priority of priorities) {
      const each = this.#benches[priority]
      if (each.line.length > 0) return each === bench
    }
    return true
  }

  /** Below the most urgent who wait, those whose first has waited longest, if that is long. */
  #aged(now: number): Bench<T> | undefined {
    let steps = 0
    let oldest: Bench<T> | undefined
    let since = Number.POSITIVE_INFINITY
    for (const priority of priorities) {
      const bench = this.#benches[priority]
      const first = bench.line.first?.value.value
      if (first === undefined && steps === 0) continue
      if (first !== undefined && steps > 0 && now - first.since >= ageMs && first.since < since) {
        oldest = bench
        since = first.since
      }
      steps++
    }
    return oldest
  }

  #left({ value: { tenant } }: Seat<T>): void {
    this.#count(tenant, (this.#places.get(tenant) ?? 1) - 1)
    this.#size--
  }

  #count(tenant: string, places: number): void {
    if (places > 0) this.#places.set(tenant, places)
    else this.#places.delete(tenant)
    if (places > this.#quarter) this.#greedy.add(tenant)
    else this.#greedy.delete(tenant)
  }

  /** The latest and least urgent of a tenant that has more than its quarter. */
  #evict(newcomer: string, active: number): T | undefined {
    for (const name of this.#greedy) {
      if (name === newcomer) continue
      const seat = this.#latestOf(name)
      if (!seat) continue
      this.leave(seat, active)
      return seat.value
    }
    return undefined
  }

  #latestOf(tenant: string): Seat<T> | undefined {
    for (const priority of ['low', 'normal', 'high'] as const) {
      const latest = this.#benches[priority].latestOf(tenant)
      if (latest) return latest
    }
    return undefined
  }
}

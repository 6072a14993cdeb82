import { type Priority, priorities } from '../core/priority.ts'
import { Bench, type Seat, type Waiting } from './bench.ts'

export type { Seat, Waiting } from './bench.ts'

/** Who waits this long at a lower priority gets a part of the turns. */
const ageMs = 5_000
/** One of so many turns belongs to those who have aged. */
const turnsPerAged = 4

/** Why somebody has no place: all are taken, or its tenant has its quarter of them. */
export type NoPlace = 'full' | 'share'

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
  readonly #evicted: (value: T) => void
  #size = 0
  #sinceAged = 0

  /** `evicted` is told of those who lose their place to newcomers. */
  constructor(length: number, evicted: (value: T) => void) {
    this.length = length
    this.#evicted = evicted
  }

  get size(): number {
    return this.#size
  }

  /** What all who wait will use up. */
  get cost(): number {
    return this.#benches.high.cost + this.#benches.normal.cost + this.#benches.low.cost
  }

  /** `active`: the time that measures how fast turns come. */
  join(value: T, active: number): Seat<T> | NoPlace {
    const { tenant } = value
    const places = this.#places.get(tenant) ?? 0
    if (places >= this.#quarter && places < this.#size) return 'share'
    if (this.#size >= this.length && !this.#evict(tenant, active)) return 'full'
    const seat = this.#benches[value.priority].join(value, active)
    this.#count(tenant, places + 1)
    this.#size++
    return seat
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
    if (!seat.isIn) return
    seat.bench.leave(seat, active)
    this.#left(seat)
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

  /**
   * Shows all who wait, the more urgent first, with about how much is served until their turn is over. They may leave
   * while they are shown.
   */
  visit(show: (seat: Seat<T>, ahead: number) => void): void {
    let before = 0
    for (const priority of priorities) {
      const bench = this.#benches[priority]
      const { cost } = bench
      bench.visit(before, show)
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
      const first = bench.line.first?.value
      if (first === undefined && steps === 0) continue
      if (bench.line.length === this.#size) return undefined
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

  /** Makes room: the latest and least urgent of a tenant that has more than its quarter goes. */
  #evict(newcomer: string, active: number): boolean {
    for (const name of this.#greedy) {
      if (name === newcomer) continue
      const seat = this.#latestOf(name)
      if (!seat) continue
      this.leave(seat, active)
      this.#evicted(seat.value)
      return this.#size < this.length
    }
    return false
  }

  #latestOf(tenant: string): Seat<T> | undefined {
    for (const priority of ['low', 'normal', 'high'] as const) {
      const latest = this.#benches[priority].latestOf(tenant)
      if (latest) return latest
    }
    return undefined
  }
}

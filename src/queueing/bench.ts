import type { Priority } from '../core/priority.ts'
import { Heap, type Ranked } from './heap.ts'
import { Line, Node } from './line.ts'
import { Throughput } from './throughput.ts'

/** Who waits, as far as fairness reads it. */
export interface Waiting {
  readonly tenant: string
  /** Its share among tenants of its priority, more than 0. */
  readonly weight: number
  readonly priority: Priority
  /** What it will use up, more than 0: tokens, or 1 where nothing is known. */
  readonly cost: number
  /** Since when it waits, on the process clock. */
  readonly since: number
}

/** Somebody who stands in a queue: in the line of all, and in that of its tenant. */
export class Seat<T extends Waiting> extends Node {
  readonly value: T
  readonly tenant: Tenant<T>
  readonly bench: Bench<T>
  readonly amongOwn: Place<T>

  constructor(value: T, tenant: Tenant<T>, bench: Bench<T>) {
    super()
    this.value = value
    this.tenant = tenant
    this.bench = bench
    this.amongOwn = new Place(this)
  }
}

/** Its place among those of its tenant. */
class Place<T extends Waiting> extends Node {
  readonly seat: Seat<T>

  constructor(seat: Seat<T>) {
    super()
    this.seat = seat
  }
}

/** One who shares, within one priority. Its rank is when its next turn begins, in virtual time. */
export class Tenant<T extends Waiting> implements Ranked {
  readonly name: string
  readonly order: number
  weight: number
  at = 0
  /** Until when it was served, in virtual time. */
  finish = 0
  /** What it used beyond what was reckoned with; less than 0: it used less. */
  debt = 0
  cost = 0
  isRanked = false
  /** What was shown of it in the latest round. */
  seen = 0
  round = 0
  readonly line = new Line<Place<T>>()
  readonly throughput = new Throughput()

  constructor(name: string, order: number, weight: number) {
    this.name = name
    this.order = order
    this.weight = weight
  }
}

/** How fast a tenant is served is known after so many turns. */
const fewestTurns = 3
/** Idle tenants that are remembered beside those that wait, so that they pay for what they just had. */
const mostIdle = 1_000

/**
 * Start-time fair queueing of one priority: whoever has the earliest virtual start is next, and each turn moves its
 * tenant on by what it costs, divided by its weight. Nobody saves up turns while idle.
 */
export class Bench<T extends Waiting> {
  readonly line = new Line<Seat<T>>()
  /** Of all who wait. */
  cost = 0
  readonly #tenants = new Map<string, Tenant<T>>()
  readonly #ranking = new Heap<Tenant<T>>()
  #virtual = 0
  #weight = 0
  #orders = 0
  #rounds = 0

  join(value: T, active: number): Seat<T> {
    const tenant = this.#tenantOf(value)
    const seat = new Seat(value, tenant, this)
    if (tenant.line.length === 0) {
      tenant.weight = value.weight
      this.#weight += value.weight
      tenant.throughput.busy(true, active)
    }
    if (!tenant.isRanked) {
      tenant.at = Math.max(this.#virtual, tenant.finish + tenant.debt / tenant.weight)
      tenant.debt = 0
      this.#rank(tenant)
    }
    tenant.line.join(seat.amongOwn)
    this.line.join(seat)
    tenant.cost += value.cost
    this.cost += value.cost
    return seat
  }

  /** Whose turn it is. */
  get next(): Seat<T> | undefined {
    for (let tenant = this.#ranking.least; tenant !== undefined; tenant = this.#ranking.least) {
      const seat = tenant.line.first?.seat
      if (seat) return seat
      this.#ranking.takeLeast()
      tenant.isRanked = false
    }
    return undefined
  }

  /** It is their turn: the one that `next` just gave. */
  take(seat: Seat<T>, active: number): void {
    const { tenant, value } = seat
    this.#virtual = tenant.at
    tenant.finish = Math.max(tenant.at, tenant.at + (value.cost + tenant.debt) / tenant.weight)
    tenant.debt = 0
    tenant.throughput.served(value.cost, active)
    this.leave(seat, active)
    if (tenant.line.length > 0) {
      this.#ranking.moveLeast(tenant.finish)
      return
    }
    this.#ranking.takeLeast()
    tenant.isRanked = false
  }

  leave(seat: Seat<T>, active: number): void {
    const { tenant, value } = seat
    if (!seat.isIn) return
    tenant.line.leave(seat.amongOwn)
    this.line.leave(seat)
    tenant.cost -= value.cost
    this.cost -= value.cost
    if (tenant.line.length > 0) return
    this.#weight -= tenant.weight
    tenant.cost = 0
    tenant.throughput.busy(false, active)
    if (this.line.length === 0) {
      this.cost = 0
      this.#weight = 0
    }
    this.#forget()
  }

  /** Who came last of a tenant's. */
  latestOf(tenant: string): Seat<T> | undefined {
    return this.#tenants.get(tenant)?.line.last?.seat
  }

  /** About how much is served before, and with, the last that this tenant has waiting here, were it to cost so much more. */
  ahead(tenant: string, more = 0, weight = 1): number {
    const known = this.#tenants.get(tenant)
    const isNew = known === undefined || known.line.length === 0
    const own = (isNew ? 0 : known.cost) + more
    const share = isNew ? weight : known.weight
    const all = this.#weight + (isNew ? weight : 0)
    return Math.min(this.cost + more, (own * all) / share)
  }

  /** How long all that this tenant has waiting, and so much more, would take as fast as it was served lately; 0: not known. */
  ownSpan(tenant: string, more: number, active: number): number {
    const known = this.#tenants.get(tenant)
    const rate = known?.throughput.rate(active, fewestTurns)
    return known === undefined || rate === undefined ? 0 : (known.cost + more) / rate
  }

  /** Shows all who wait here, in the order in which they came, with about how much is served until their turn is over. */
  visit(before: number, show: (seat: Seat<T>, ahead: number) => void): void {
    const round = ++this.#rounds
    const weight = this.#weight
    let all = 0
    let next = this.line.first
    while (next) {
      const seat = next
      const { tenant, value } = seat
      next = seat.after
      if (tenant.round !== round) {
        tenant.round = round
        tenant.seen = 0
      }
      all += value.cost
      tenant.seen += value.cost
      show(seat, before + Math.min(all, (tenant.seen * weight) / tenant.weight))
    }
  }

  #tenantOf({ tenant: name, weight }: T): Tenant<T> {
    const known = this.#tenants.get(name)
    if (known) return known
    const created = new Tenant<T>(name, ++this.#orders, weight)
    this.#tenants.set(name, created)
    return created
  }

  #rank(tenant: Tenant<T>): void {
    tenant.isRanked = true
    this.#ranking.add(tenant)
  }

  /** Forgets tenants that wait for nothing and owe nothing; too many who owe are let off. */
  #forget(): void {
    if (this.#tenants.size <= 2 * this.#ranking.size + mostIdle) return
    for (const [name, tenant] of this.#tenants)
      if (!tenant.isRanked && tenant.finish <= this.#virtual) this.#tenants.delete(name)
    if (this.#tenants.size <= 2 * this.#ranking.size + mostIdle) return
    for (const [name, tenant] of this.#tenants) if (!tenant.isRanked) this.#tenants.delete(name)
  }
}

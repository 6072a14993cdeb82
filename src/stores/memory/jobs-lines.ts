import { priorities } from '../../core/priority.ts'
import { classInTurn, classOf } from '../job-rules.ts'
import type { MemoryJob } from './jobs-row.ts'

/** What one owner has waiting in one class, the first that was due first. */
interface Line {
  readonly owner: string
  readonly rows: MemoryJob[]
  /** When its next turn begins, in the virtual time of its class. */
  at: number
}

/** One class: its virtual time, who waits in it, and what others had so lately that they must pay for it. */
interface Bench {
  virtual: number
  readonly lines: Map<string, Line>
  readonly paid: Map<string, number>
}

const isBefore = (one: MemoryJob, other: MemoryJob): boolean =>
  one.dueAt < other.dueAt || (one.dueAt === other.dueAt && one.number < other.number)

/** Where a row stands, or would stand, in a line. */
const placeIn = (rows: readonly MemoryJob[], row: MemoryJob): number => {
  let [low, high] = [0, rows.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (isBefore(rows[middle] as MemoryJob, row)) low = middle + 1
    else high = middle
  }
  return low
}

/** Jobs that wait: those whose time is to come, and those whose turn is to come. */
export class MemoryLines {
  readonly #scheduled: MemoryJob[] = []
  readonly #benches: readonly Bench[] = priorities.map(() => ({ virtual: 0, lines: new Map(), paid: new Map() }))
  #sinceAged = 0
  #due = 0

  get due(): number {
    return this.#due
  }

  get scheduled(): number {
    return this.#scheduled.length
  }

  /** Of the scheduled: those whose time is still to come. */
  later(now: number): number {
    return this.#scheduled.filter(({ dueAt }) => dueAt > now).length
  }

  /** When the next one's time comes. */
  get nextAt(): number | undefined {
    return this.#scheduled[0]?.dueAt
  }

  /** When the first one was due, or will be. */
  get oldestAt(): number | undefined {
    const known = [...this.#oldest(), this.nextAt].filter((at) => at !== undefined)
    return known.length > 0 ? Math.min(...known) : undefined
  }

  add(row: MemoryJob, now: number): void {
    if (row.dueAt > now) {
      this.#scheduled.splice(placeIn(this.#scheduled, row), 0, row)
      return
    }
    const { owner } = row.order
    const bench = this.#benchOf(row)
    const line = bench.lines.get(owner) ?? { owner, rows: [], at: 0 }
    if (line.rows.length === 0) {
      line.at = Math.max(bench.virtual, bench.paid.get(owner) ?? 0)
      bench.paid.delete(owner)
      bench.lines.set(owner, line)
    }
    line.rows.splice(placeIn(line.rows, row), 0, row)
    this.#due++
  }

  remove(row: MemoryJob): void {
    const bench = this.#benchOf(row)
    const line = bench.lines.get(row.order.owner)
    if (line && take(line.rows, row)) {
      this.#due--
      if (line.rows.length === 0) this.#leave(bench, line)
    } else take(this.#scheduled, row)
  }

  /** Puts those in line whose time has come; gives how many. */
  promote(now: number): number {
    let count = 0
    while ((this.nextAt ?? Number.POSITIVE_INFINITY) <= now) {
      this.add(this.#scheduled.shift() as MemoryJob, now)
      count++
    }
    return count
  }

  /** Takes the next one out. */
  next(now: number): MemoryJob | undefined {
    const turn = classInTurn(this.#oldest(), this.#sinceAged, now)
    const bench = turn && this.#benches[turn.class]
    const line = bench && this.#first(bench)
    const row = line?.rows[0]
    if (!turn || !bench || !line || !row) return undefined
    this.#sinceAged = turn.sinceAged
    advance(bench, line.at)
    line.at += 1 / row.order.weight
    this.remove(row)
    return row
  }

  /** About how many begin before this one. */
  ahead(row: MemoryJob): number | undefined {
    const bench = this.#benchOf(row)
    const own = bench.lines.get(row.order.owner)
    const before = own ? placeIn(own.rows, row) : 0
    const at = Math.max(bench.virtual, own?.at ?? 0) + before / row.order.weight
    let count = before
    for (const each of this.#benches.slice(0, classOf(row.order.priority)))
      for (const line of each.lines.values()) count += line.rows.length
    for (const line of bench.lines.values()) {
      if (line === own) continue
      const weight = line.rows[0]?.order.weight ?? 1
      count += Math.min(line.rows.length, Math.max(0, Math.ceil((at - line.at) * weight)))
    }
    return count
  }

  #leave(bench: Bench, line: Line): void {
    bench.lines.delete(line.owner)
    if (line.at > bench.virtual) bench.paid.set(line.owner, line.at)
  }

  #first(bench: Bench): Line | undefined {
    let first: Line | undefined
    for (const line of bench.lines.values())
      if (!first || line.at < first.at || (line.at === first.at && headOf(line) < headOf(first))) first = line
    return first
  }

  #oldest(): readonly (number | undefined)[] {
    return this.#benches.map(({ lines }) => {
      let oldest: number | undefined
      for (const line of lines.values()) oldest = Math.min(oldest ?? Number.POSITIVE_INFINITY, headOf(line))
      return oldest
    })
  }

  #benchOf(row: MemoryJob): Bench {
    return this.#benches[classOf(row.order.priority)] as Bench
  }
}

/** Who had a turn that is over by now pays no more. */
const advance = (bench: Bench, at: number): void => {
  if (at <= bench.virtual) return
  bench.virtual = at
  for (const [owner, until] of bench.paid) if (until <= at) bench.paid.delete(owner)
}

const headOf = ({ rows }: Line): number => rows[0]?.dueAt ?? Number.POSITIVE_INFINITY

const take = (rows: MemoryJob[], row: MemoryJob): boolean => {
  const place = placeIn(rows, row)
  if (rows[place] !== row) return false
  rows.splice(place, 1)
  return true
}

import type { CallEntry } from '../../core/call-entry.ts'
import { readEntry } from '../../core/entry-text.ts'
import { addToCells, type Cell, cellKey, type Grain, grainMs, nameWithin } from '../call-cells.ts'
import { addFigures, noFigures } from '../call-figures.ts'
import { gatherFigures, isWanted, wholeSteps } from '../call-gathering.ts'
import { readPlace, writePlace } from '../call-place.ts'
import type { CallQuery, CallRetention, FiguresQuery } from '../call-store.ts'
import { keepSumsMs } from '../call-store.ts'
import type { ObservedStore } from '../feedback-store.ts'
import { matchesCall } from '../matching-call.ts'
import { createMemoryBodies } from './bodies.ts'
import { createMemoryFeedback } from './feedback.ts'

interface Kept {
  readonly seq: number
  readonly entry: CallEntry
}

/** So many calls are kept at most; those that began first go first. Sums go on counting them. */
const mostEntries = 10_000

/** Cells of sums that are kept at most of minutes, hours and days each; the oldest go first. */
const mostSums = 4_000

/** Calls that are forgotten with their process. */
export const createMemoryCalls = (keep: Pick<CallRetention, 'keepMs' | 'bodiesMs'>): ObservedStore =>
  new MemoryCalls(keep)

class MemoryCalls implements ObservedStore {
  readonly feedback = createMemoryFeedback(() => this.#newest())
  readonly bodies = createMemoryBodies()
  readonly #keepMs: number
  readonly #bodiesMs: number
  /** By time, the oldest first. */
  readonly #kept: Kept[] = []
  #seq = 0
  readonly #sums: Readonly<Record<Grain, Map<number, Map<string, Cell>>>> = {
    minute: new Map(),
    hour: new Map(),
    day: new Map(),
  }

  constructor({ keepMs, bodiesMs = keepMs }: Pick<CallRetention, 'keepMs' | 'bodiesMs'>) {
    this.#keepMs = keepMs
    this.#bodiesMs = Math.min(keepMs, bodiesMs)
  }

  async append(texts: readonly string[]): Promise<void> {
    for (const text of texts) {
      const entry = readEntry(text)
      const place = { seq: ++this.#seq, entry }
      let index = this.#kept.length
      while (index > 0 && (this.#kept[index - 1] as Kept).entry.startedAt > entry.startedAt) index--
      this.#kept.splice(index, 0, place)
      this.#addUp(entry)
    }
    if (this.#kept.length > mostEntries) this.#kept.splice(0, this.#kept.length - mostEntries)
  }

  async find(id: string): Promise<CallEntry | undefined> {
    return this.#kept.findLast(({ entry }) => entry.id === id)?.entry
  }

  async list({ from, to, where, after, limit }: CallQuery) {
    const place = after === undefined ? undefined : readPlace(after)
    const found: Kept[] = []
    for (let index = this.#kept.length - 1; index >= 0 && found.length <= limit; index--) {
      const kept = this.#kept[index] as Kept
      const { startedAt } = kept.entry
      if (startedAt < from) break
      const isShown = place && (startedAt > place.startedAt || (startedAt === place.startedAt && kept.seq >= place.seq))
      if (startedAt < to && !isShown && matchesCall(kept.entry, where)) found.push(kept)
    }
    const shown = found.slice(0, limit)
    const last = shown.at(-1)
    const next =
      last && found.length > limit ? writePlace({ startedAt: last.entry.startedAt, seq: last.seq }) : undefined
    return { entries: shown.map(({ entry }) => entry), next }
  }

  *#newest(): Iterable<CallEntry> {
    for (let index = this.#kept.length - 1; index >= 0; index--) yield (this.#kept[index] as Kept).entry
  }

  async figures(query: FiguresQuery) {
    const { from, to } = wholeSteps(query)
    const gathering = gatherFigures(query)
    for (const [at, cells] of this.#sums[query.step])
      if (at >= from && at < to)
        for (const { name, figures } of cells.values())
          if (isWanted(name, query.where)) gathering.add(at, name, (into) => addFigures(into, figures))
    return gathering.report()
  }

  async retain(now: number): Promise<boolean> {
    const fresh = this.#kept.findIndex(({ entry }) => entry.startedAt >= now - this.#keepMs)
    this.#kept.splice(0, fresh === -1 ? this.#kept.length : fresh)
    this.feedback.forget(now - this.#keepMs)
    this.bodies.forget(now - this.#bodiesMs)
    for (const grain of ['minute', 'hour', 'day'] as const)
      for (const at of this.#sums[grain].keys()) if (at < now - keepSumsMs[grain]) this.#sums[grain].delete(at)
    return false
  }

  async close(): Promise<void> {
    this.#kept.length = 0
  }

  #addUp(entry: CallEntry): void {
    const added = new Map<string, Cell>()
    addToCells(added, entry)
    for (const grain of ['minute', 'hour', 'day'] as const) {
      const at = Math.floor(entry.startedAt / grainMs[grain]) * grainMs[grain]
      const cells = this.#sums[grain].get(at) ?? new Map<string, Cell>()
      this.#sums[grain].set(at, cells)
      for (const { name, figures } of added.values()) {
        const told = cells.has(cellKey(name)) ? name : nameWithin(name, cells.size)
        const cell = cells.get(cellKey(told)) ?? { name: told, figures: noFigures() }
        cells.set(cellKey(told), cell)
        addFigures(cell.figures, figures)
      }
      this.#makeRoom(this.#sums[grain])
    }
  }

  /** Beside the newest stretch there are so many cells at most. */
  #makeRoom(sums: Map<number, Map<string, Cell>>): void {
    let left = 0
    for (const at of [...sums.keys()].sort((one, next) => next - one)) {
      if (left > mostSums) sums.delete(at)
      left += sums.get(at)?.size ?? 0
    }
  }
}

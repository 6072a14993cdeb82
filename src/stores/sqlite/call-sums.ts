import type { Database } from 'better-sqlite3'
import type { CallEntry } from '../../core/call-entry.ts'
import { addToCells, type Cell, type CellName, cellKey, type Grain, grainMs, nameWithin } from '../call-cells.ts'
import { addPacked, noFigures, packFigures, readFigures } from '../call-figures.ts'

/** As they stand in the file. */
export const grainNumbers: Readonly<Record<Grain, number>> = { minute: 0, hour: 1, day: 2 }

const grains = ['minute', 'hour', 'day'] as const

/**
 * Parts are merged when there are so many, or after so long. A cell grows with what it holds, so adding to it is not done
 * for each few calls; reports add the parts that wait.
 */
const mostParts = 4_000
const mergeMs = 5_000

/** A part as it stands in the file. */
type Part = CellName & { readonly at: number; readonly figures: string }

/** Adds calls up, in transactions of whoever asks. */
export const createCallSums = (database: Database) => {
  const put = database.prepare('INSERT INTO parts (at, model, target, team, key, figures) VALUES (?, ?, ?, ?, ?, ?)')
  const counted = database.prepare('SELECT coalesce(max(id) - min(id) + 1, 0) FROM parts').pluck()
  const merge = createMerge(database)
  let mergedAt = performance.now()
  const mergeFrom = (least: number): void => {
    if (Number(counted.get()) < least) return
    merge()
    mergedAt = performance.now()
  }
  return {
    add: (entries: readonly CallEntry[]): void => {
      for (const [at, cells] of cellsByMinute(entries))
        for (const { name, figures } of cells.values())
          put.run(at, name.model, name.target, name.team, name.key, packFigures(figures))
      mergeFrom(performance.now() - mergedAt < mergeMs ? mostParts : 1)
    },
    /** Merges what waits, so that nothing waits that is too old. */
    merge: (): void => mergeFrom(1),
  }
}

const cellsByMinute = (entries: readonly CallEntry[]): Map<number, Map<string, Cell>> => {
  const minutes = new Map<number, Map<string, Cell>>()
  for (const entry of entries) {
    const at = Math.floor(entry.startedAt / grainMs.minute) * grainMs.minute
    const cells = minutes.get(at) ?? new Map<string, Cell>()
    minutes.set(at, cells)
    addToCells(cells, entry)
  }
  return minutes
}

const createMerge = (database: Database) => {
  const parts = database.prepare('SELECT at, model, target, team, key, figures FROM parts')
  const clear = database.prepare('DELETE FROM parts')
  const addTo = createCellWriter(database)
  return (): void => {
    const rows = parts.all() as Part[]
    for (const grain of grains) {
      const stretches = Map.groupBy(rows, ({ at }) => Math.floor(at / grainMs[grain]) * grainMs[grain])
      for (const [at, found] of stretches) addTo(grain, at, merged(found))
    }
    clear.run()
  }
}

const merged = (parts: readonly Part[]): Iterable<Cell> => {
  const cells = new Map<string, Cell>()
  for (const { at: _, figures, ...name } of parts) {
    const id = cellKey(name)
    const cell = cells.get(id) ?? { name, figures: noFigures() }
    cells.set(id, cell)
    addPacked(cell.figures, readFigures(figures))
  }
  return cells.values()
}

/** More are not told apart anyway. */
const mostCounted = 10_000

const createCellWriter = (database: Database) => {
  const where = 'grain = ? AND at = ? AND model = ? AND target = ? AND team = ? AND key = ?'
  const find = database.prepare(`SELECT figures FROM cells WHERE ${where}`).pluck()
  const put = database.prepare('INSERT OR REPLACE INTO cells VALUES (?, ?, ?, ?, ?, ?, ?)')
  const count = database
    .prepare('SELECT count(*) FROM (SELECT 1 FROM cells WHERE grain = ? AND at = ? LIMIT ?)')
    .pluck()

  return (grain: Grain, at: number, cells: Iterable<Cell>): void => {
    const placeOf = ({ model, target, team, key }: CellName) =>
      [grainNumbers[grain], at, model, target, team, key] as const
    let known: number | undefined
    for (const { name, figures } of cells) {
      let place = placeOf(name)
      let before = find.get(...place)
      if (before === undefined) {
        known ??= Number(count.get(grainNumbers[grain], at, mostCounted))
        const told = nameWithin(name, known++)
        place = placeOf(told)
        if (told !== name) before = find.get(...place)
      }
      if (typeof before === 'string') addPacked(figures, readFigures(before))
      put.run(...place, packFigures(figures))
    }
  }
}

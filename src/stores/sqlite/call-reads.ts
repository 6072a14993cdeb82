import type { Database } from 'better-sqlite3'
import type { Feedback } from '../../core/feedback.ts'
import { addToCells, type Cell, grainMs, other } from '../call-cells.ts'
import { addFigures, addPacked, packFigures, readFigures } from '../call-figures.ts'
import { gatherFigures, isWanted, wholeSteps } from '../call-gathering.ts'
import { type CallPlace, readPlace, writePlace } from '../call-place.ts'
import type { CallQuery, FiguresQuery, FiguresReport, NamedFigures } from '../call-store.ts'
import type { QualityQuery, QualityReport } from '../feedback-store.ts'
import { createEntryReads } from './call-blocks.ts'
import { conditionOf } from './call-filter.ts'
import { candidatesOf } from './call-names.ts'
import { grainNumbers } from './call-sums.ts'
import { feedbackOf, qualityIn } from './feedback-reads.ts'

/** Entries as JSON: parsed where they are used, as texts cross between threads for less. */
export interface TextPage {
  readonly entries: readonly string[]
  readonly next: string | undefined
}

/** A report whose figures are packed. */
export interface PackedReport {
  readonly from: number
  readonly to: number
  readonly total: string
  readonly points: readonly (readonly [at: number, figures: string])[]
  readonly models: readonly (readonly [name: string, figures: string])[]
  readonly targets: readonly (readonly [name: string, figures: string])[]
}

/** What can be read from a file of calls. */
export const createCallReads = (database: Database) => ({
  find: (id: string): string | undefined => find(database, id),
  list: (query: CallQuery): TextPage => list(database, query),
  figures: (query: FiguresQuery): PackedReport => packed(figures(database, query)),
  feedback: (call: string): readonly Feedback[] => feedbackOf(database, call),
  quality: (query: QualityQuery): QualityReport => qualityIn(database, query),
})

const find = (database: Database, id: string): string | undefined => {
  const { sql, values } = candidatesOf(database, { id }) ?? { sql: '1', values: [] }
  const seq = database
    .prepare(`SELECT seq FROM calls WHERE id = ? AND ${sql} ORDER BY started_at DESC, seq DESC LIMIT 1`)
    .pluck()
    .get(id, ...values) as number | undefined
  return seq === undefined ? undefined : JSON.stringify(createEntryReads(database)(seq))
}

/** So many calls are looked at for one page; whoever finds few among many gets them in several pages. */
const mostScanned = 100_000

interface Row {
  readonly seq: number
  readonly startedAt: number
  readonly isMeant: number
}

const list = (database: Database, { from, to, where, after, limit }: CallQuery): TextPage => {
  const given = after === undefined ? undefined : readPlace(after)
  const place: CallPlace = given && given.startedAt < to ? given : { startedAt: to, seq: -1 }
  const meant = conditionOf(where)
  const candidates = candidatesOf(database, where)
  // Errors are few, and have an index; of candidates each is looked at.
  const first = where.error === undefined || candidates ? candidates : { sql: 'error = ?', values: [where.error] }
  const rows = database
    .prepare(
      `SELECT seq, started_at AS startedAt, ${meant.sql} AS isMeant FROM calls
       WHERE started_at >= ? AND started_at <= ? AND (started_at, seq) < (?, ?) AND ${first?.sql ?? '1'}
       ORDER BY started_at DESC, seq DESC LIMIT ${mostScanned + 1}`,
    )
    .iterate(
      ...meant.values,
      from,
      place.startedAt,
      place.startedAt,
      place.seq,
      ...(first?.values ?? []),
    ) as Iterable<Row>
  const read = createEntryReads(database)
  const entries: string[] = []
  let last: Row | undefined
  let scanned = 0
  for (const row of rows) {
    if (entries.length === limit || scanned === mostScanned) return { entries, next: last && writePlace(last) }
    scanned++
    last = row
    const entry = row.isMeant ? read(row.seq) : undefined
    if (entry) entries.push(JSON.stringify(entry))
  }
  return { entries, next: undefined }
}

const figures = (database: Database, query: FiguresQuery): FiguresReport => {
  const { from, to } = wholeSteps(query)
  const grain = grainNumbers[query.step]
  const isNarrow = query.where.key !== undefined || query.where.team !== undefined
  const blurred = database.prepare('SELECT 1 FROM cells WHERE grain = ? AND at >= ? AND at < ? AND key = ? LIMIT 1')
  if (isNarrow && blurred.get(grain, from, to, other) !== undefined) return fromEntries(database, query)
  const gathering = gatherFigures(query)
  const step = grainMs[query.step]
  const { model, team, key } = query.where
  const wanted = conditionOf({ model, team, key })
  // One statement, so that a part is seen once, whether it is in its cell by then or not.
  const rows = database
    .prepare(
      `SELECT at, model, target, team, key, figures FROM cells WHERE grain = ? AND at >= ? AND at < ? AND ${wanted.sql}
       UNION ALL SELECT at, model, target, team, key, figures FROM parts WHERE at >= ? AND at < ? AND ${wanted.sql}`,
    )
    .iterate(grain, from, to, ...wanted.values, from, to, ...wanted.values) as Iterable<
    Cell['name'] & { readonly at: number; readonly figures: string }
  >
  for (const row of rows) {
    if (!isWanted(row, query.where)) continue
    const found = readFigures(row.figures)
    gathering.add(Math.floor(row.at / step) * step, row, (into) => addPacked(into, found))
  }
  return gathering.report()
}

/** From the calls themselves, where sums do not tell the names apart that are asked for. */
const fromEntries = (database: Database, query: FiguresQuery): FiguresReport => {
  const { from, to } = wholeSteps(query)
  const { key, team } = query.where
  const { sql, values } = conditionOf({ key, team })
  const seqs = database
    .prepare(`SELECT seq FROM calls WHERE started_at >= ? AND started_at < ? AND ${sql}`)
    .pluck()
    .iterate(from, to, ...values) as Iterable<number>
  const read = createEntryReads(database)
  const gathering = gatherFigures(query)
  const step = grainMs[query.step]
  for (const seq of seqs) {
    const entry = read(seq)
    if (!entry) continue
    const cells = new Map<string, Cell>()
    addToCells(cells, entry)
    const at = Math.floor(entry.startedAt / step) * step
    for (const { name, figures: found } of cells.values())
      if (isWanted(name, query.where)) gathering.add(at, name, (into) => addFigures(into, found))
  }
  return gathering.report()
}

const packed = ({ from, to, total, points, models, targets }: FiguresReport): PackedReport => {
  const named = ({ name, figures: found }: NamedFigures) => [name, packFigures(found)] as const
  return {
    from,
    to,
    total: packFigures(total),
    points: points.map(({ at, figures: found }) => [at, packFigures(found)] as const),
    models: models.map(named),
    targets: targets.map(named),
  }
}

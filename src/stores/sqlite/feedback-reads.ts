import type { Database } from 'better-sqlite3'
import type { Feedback } from '../../core/feedback.ts'
import { mostLooked, type QualityQuery, type QualityReport } from '../feedback-store.ts'
import { addCallTo, addFeedbackTo, noQuality, type QualitySums, qualityName } from '../quality-sums.ts'
import { createEntryReads } from './call-blocks.ts'

type Row = Omit<Feedback, 'score' | 'comment'> & { readonly score: number | null; readonly comment: string | null }

/** Everything that was said of a call, the latest first. */
export const feedbackOf = (database: Database, call: string): readonly Feedback[] => {
  const rows = database
    .prepare('SELECT call, key, label, score, comment, at FROM feedback WHERE call = ? ORDER BY at DESC, label')
    .all(call) as Row[]
  return rows.map(({ score, comment, ...row }) => ({
    ...row,
    score: score ?? undefined,
    comment: comment ?? undefined,
  }))
}

/** How good calls were, by name: from the calls themselves, so that a prompt is told as well as a model. */
export const qualityIn = (database: Database, { from, to, by, budgets }: QualityQuery): QualityReport => {
  const rows = new Map<string, QualitySums>()
  const sumsOf = (name: string): QualitySums => {
    const sums = rows.get(name) ?? noQuality()
    rows.set(name, sums)
    return sums
  }
  const calls = database
    .prepare(
      `SELECT seq FROM calls
       WHERE started_at >= ? AND started_at < ? AND purpose IS NULL ORDER BY started_at DESC LIMIT ${mostLooked + 1}`,
    )
    .pluck()
    .iterate(from, to) as Iterable<number>
  const read = createEntryReads(database)
  let looked = 0
  for (const seq of calls) {
    if (++looked > mostLooked) break
    const entry = read(seq)
    const name = entry && qualityName(entry, by)
    if (entry && name !== undefined) addCallTo(sumsOf(name), entry, budgets[entry.model])
  }
  const said = database
    .prepare(
      `SELECT key, label, score, ${by} AS name FROM feedback WHERE call_at >= ? AND call_at < ? AND ${by} IS NOT NULL`,
    )
    .iterate(from, to) as Iterable<Row & { readonly name: string }>
  for (const { name, score, ...row } of said) addFeedbackTo(sumsOf(name), { ...row, score: score ?? undefined })
  return { rows: [...rows].map(([name, sums]) => ({ name, sums })), isCut: looked > mostLooked }
}

import type { Database } from 'better-sqlite3'
import type { CallEntry } from '../../core/call-entry.ts'
import { readEntry } from '../../core/entry-text.ts'
import { tagsOf, targetsOf } from '../matching-call.ts'
import { createBlockWrites } from './call-blocks.ts'
import { createNameWriter } from './call-names.ts'
import { createCallSums } from './call-sums.ts'
import { between } from './call-tables.ts'
import { createInsert } from './many-rows.ts'

const columns =
  'started_at, id, duration_ms, model, key, outcome, targets, error, team, user, end_user, session, prompt, purpose, parent, tags'

/** Writes calls, given as texts of entries on lines, and what they add up to, within a transaction of whoever asks. */
export const createCallWrites = (database: Database): ((lines: string) => void) => {
  const insert = createInsert(database, `INSERT INTO calls (${columns})`, columns.split(',').length)
  const keep = createBlockWrites(database)
  const sums = createCallSums(database)
  const names = createNameWriter(database)
  return (lines) => {
    const entries = lines.split('\n').map(readEntry)
    const last = insert(entries.map(columnsOf))
    keep(last - entries.length + 1, last, lines)
    sums.add(entries)
    names.enter()
  }
}

const columnsOf = (entry: CallEntry): readonly (string | number | null)[] => [
  Math.round(entry.startedAt),
  entry.id,
  entry.durationMs,
  entry.model,
  entry.key,
  entry.outcome,
  joined(targetsOf(entry)) ?? '',
  entry.error ?? null,
  entry.team ?? null,
  entry.user ?? null,
  entry.endUser ?? null,
  entry.session ?? null,
  entry.prompt ?? null,
  entry.purpose ?? null,
  entry.parent ?? null,
  joined(tagsOf(entry)),
]

const joined = (names: readonly string[]): string | null =>
  names.length === 0 ? null : `${between}${names.join(between)}${between}`

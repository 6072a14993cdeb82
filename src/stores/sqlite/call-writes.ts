import type { Database } from 'better-sqlite3'
import type { CallEntry } from '../../core/call-entry.ts'
import { tagsOf, targetsOf } from '../matching-call.ts'
import { createNameWriter } from './call-names.ts'
import { createCallSums } from './call-sums.ts'
import { between } from './call-tables.ts'

/** Writes calls, given as JSON, and what they add up to, within a transaction of whoever asks. */
export const createCallWrites = (database: Database): ((texts: readonly string[]) => void) => {
  const insertCall = database.prepare(
    `INSERT INTO calls (started_at, id, duration_ms, model, key, outcome, targets, error, team, user, end_user, session,
       prompt, purpose, parent, tags) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const insertEntry = database.prepare('INSERT INTO entries (seq, entry) VALUES (?, ?)')
  const sums = createCallSums(database)
  const names = createNameWriter(database)
  return (texts) => {
    const entries = texts.map((text): CallEntry => JSON.parse(text))
    for (const [index, entry] of entries.entries()) {
      const { lastInsertRowid } = insertCall.run(...columnsOf(entry))
      insertEntry.run(lastInsertRowid, texts[index])
    }
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

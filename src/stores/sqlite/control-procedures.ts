import type { Database } from 'better-sqlite3'
import type { AuditEntry, ControlEntry, ControlStore } from '../store.ts'

type Put = Parameters<ControlStore['put']>
type Row = Omit<ControlEntry, 'deleted'> & { readonly deleted: number }

const addAudit = `INSERT INTO audit (at, actor, action, subject, detail)
  VALUES (max(?, coalesce((SELECT max(at) FROM audit), 0) + 1), ?, ?, ?, ?)`

/** Writes audit lines; each has a later time than the one before, also when the machine's clock was set back. */
export const createAudit = (db: Database) => {
  const add = db.prepare<[number, string, string, string, string]>(addAudit)
  return ({ actor, action, subject, detail }: Omit<AuditEntry, 'at'>): void => {
    add.run(Date.now(), actor, action, subject, detail)
  }
}

const findEntry = 'SELECT kind, name, document, version, deleted FROM control WHERE kind = ? AND name = ?'
const putEntry = `INSERT INTO control (kind, name, document, version, deleted)
  VALUES (?, ?, ?, (SELECT coalesce(max(version), 0) + 1 FROM control), ?)
  ON CONFLICT (kind, name) DO UPDATE SET document = excluded.document, version = excluded.version, deleted = excluded.deleted
  RETURNING version`

/** Writes an entry with its audit line in one transaction; undefined when the expectation failed. In the writing thread. */
export const createPut = (db: Database) => {
  const find = db.prepare<[string, string], Row>(findEntry)
  const write = db.prepare<[string, string, string, number], { version: number }>(putEntry)
  const audit = createAudit(db)
  const put = db.transaction((entry: Put[0], line: Put[1], expect: Put[2]): number | undefined => {
    if (!isExpected(find.get(entry.kind, entry.name), expect)) return undefined
    audit(line)
    return write.get(entry.kind, entry.name, entry.document, entry.deleted ? 1 : 0)?.version
  })
  return (...given: Put): number | undefined => put.immediate(...given)
}

const isExpected = (row: Row | undefined, expect: Put[2]): boolean => {
  if (expect === 'any') return true
  if (typeof expect === 'number') return row?.version === expect
  const isThere = row !== undefined && row.deleted === 0
  return expect === 'old' ? isThere : !isThere
}

const changedAfter = 'SELECT kind, name, document, version, deleted FROM control WHERE version > ? ORDER BY version'
const newestVersion = 'SELECT coalesce(max(version), 0) AS version FROM control'
const readAudit = 'SELECT at, actor, action, subject, detail FROM audit WHERE at < ? ORDER BY at DESC LIMIT ?'

/** What the reading side of the control store asks. */
export const createControlReads = (db: Database) => {
  const changed = db.prepare<[number], Row>(changedAfter)
  const newest = db.prepare<[], { version: number }>(newestVersion)
  const lines = db.prepare<[number, number], AuditEntry>(readAudit)
  return {
    changes: (after: number): readonly ControlEntry[] =>
      changed.all(after).map((row) => ({ ...row, deleted: row.deleted === 1 })),
    version: (): number => newest.get()?.version ?? 0,
    audit: ({ limit, before = Number.MAX_SAFE_INTEGER }: Parameters<ControlStore['audit']>[0]): readonly AuditEntry[] =>
      lines.all(before, limit),
  }
}

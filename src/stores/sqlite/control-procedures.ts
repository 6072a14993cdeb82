import type { AuditEntry, ControlEntry, ControlStore } from '../store.ts'
import type { Session } from './session.ts'

type Put = Parameters<ControlStore['put']>
type Row = Omit<ControlEntry, 'deleted'> & { readonly deleted: number }

const addAudit = `INSERT INTO audit (at, actor, action, subject, detail)
  VALUES (max(?, coalesce((SELECT max(at) FROM audit), 0) + 1), ?, ?, ?, ?)`

/** Writes audit lines; each has a later time than the one before, also when the machine's clock was set back. */
export const createAudit = ({ database, wall }: Session) => {
  const add = database.prepare<[number, string, string, string, string]>(addAudit)
  return ({ actor, action, subject, detail }: Omit<AuditEntry, 'at'>): void => {
    add.run(wall(), actor, action, subject, detail)
  }
}

const findEntry = 'SELECT kind, name, document, version, deleted FROM control WHERE kind = ? AND name = ?'
const putEntry = `INSERT INTO control (kind, name, document, version, deleted)
  VALUES (?, ?, ?, (SELECT coalesce(max(version), 0) + 1 FROM control), ?)
  ON CONFLICT (kind, name) DO UPDATE SET document = excluded.document, version = excluded.version, deleted = excluded.deleted
  RETURNING version`

const newestVersion = 'SELECT coalesce(max(version), 0) AS version FROM control'

/** How often the writing thread looks whether another process changed something. */
const lookMs = 250

export interface PutArgument {
  readonly entry: Put[0]
  readonly audit: Put[1]
  readonly expect: Put[2]
}

/** The writing side of the control store. Tells `changed` after every change of any process. */
export const controlWriter = (session: Session) => {
  const { database } = session
  const find = database.prepare<[string, string], Row>(findEntry)
  const write = database.prepare<[string, string, string, number], { version: number }>(putEntry)
  const newest = database.prepare<[], { version: number }>(newestVersion)
  const addAuditLine = createAudit(session)
  const version = (): number => newest.get()?.version ?? 0
  let told = version()
  const tell = (): void => {
    const found = version()
    if (found === told) return
    told = found
    session.tell('changed', undefined)
  }
  session.every(lookMs, tell)
  return {
    /** Writes an entry with its audit line; undefined when the expectation failed. */
    putEntry: ({ entry, audit, expect }: PutArgument): number | undefined => {
      if (!isExpected(find.get(entry.kind, entry.name), expect)) return undefined
      addAuditLine(audit)
      const put = write.get(entry.kind, entry.name, entry.document, entry.deleted ? 1 : 0)?.version
      session.afterCommit(tell)
      return put
    },
  }
}

const isExpected = (row: Row | undefined, expect: Put[2]): boolean => {
  if (expect === 'any') return true
  if (typeof expect === 'number') return row?.version === expect
  const isThere = row !== undefined && row.deleted === 0
  return expect === 'old' ? isThere : !isThere
}

const changedAfter = 'SELECT kind, name, document, version, deleted FROM control WHERE version > ? ORDER BY version'
const readAudit = 'SELECT at, actor, action, subject, detail FROM audit WHERE at < ? ORDER BY at DESC LIMIT ?'

/** The reading side of the control store. */
export const controlReader = ({ database }: Session) => {
  const changed = database.prepare<[number], Row>(changedAfter)
  const lines = database.prepare<[number, number], AuditEntry>(readAudit)
  return {
    entryChanges: (after: number): readonly ControlEntry[] =>
      changed.all(after).map((row) => ({ ...row, deleted: row.deleted === 1 })),
    auditLines: ({
      limit,
      before = Number.MAX_SAFE_INTEGER,
    }: Parameters<ControlStore['audit']>[0]): readonly AuditEntry[] => lines.all(before, Math.max(0, limit)),
  }
}

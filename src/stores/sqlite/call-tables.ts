import { bodyTables } from './body-tables.ts'
import { blockTables } from './call-blocks.ts'
import { markTables } from './call-names.ts'
import { feedbackTables } from './feedback-tables.ts'
import type { FileKind } from './open-database.ts'

/**
 * The tables of calls.
 *
 * - `calls`: what calls are looked for by; small, so that it can be gone through. `targets` and `tags` hold their names
 *   between separators.
 * - `entries`: each call as JSON, as it was written before there were blocks.
 * - `names`: as calls were found before there were `marks`.
 * - `parts`: what calls of one minute add up to that were written together; after a moment they are in `cells`.
 * - `cells`: what calls add up to, by minute (0), hour (1) and day (2).
 */
const tables: readonly string[] = [
  `CREATE TABLE calls (seq INTEGER PRIMARY KEY AUTOINCREMENT, started_at INTEGER NOT NULL, id TEXT NOT NULL,
     duration_ms REAL NOT NULL, model TEXT NOT NULL, key TEXT NOT NULL, outcome TEXT NOT NULL, targets TEXT NOT NULL,
     error TEXT, team TEXT, user TEXT, end_user TEXT, session TEXT, prompt TEXT, purpose TEXT, parent TEXT, tags TEXT) STRICT`,
  `CREATE INDEX calls_time ON calls (started_at)`,
  `CREATE INDEX calls_error ON calls (error, started_at) WHERE error IS NOT NULL`,
  `CREATE TABLE names (number INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (number, seq)) STRICT, WITHOUT ROWID`,
  `CREATE TABLE progress (id INTEGER PRIMARY KEY CHECK (id = 1), through INTEGER NOT NULL) STRICT`,
  `INSERT INTO progress (id, through) VALUES (1, 0)`,
  `CREATE TABLE entries (seq INTEGER PRIMARY KEY, entry TEXT NOT NULL) STRICT`,
  `CREATE TABLE parts (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, model TEXT NOT NULL,
     target TEXT NOT NULL, team TEXT NOT NULL, key TEXT NOT NULL, figures TEXT NOT NULL) STRICT`,
  `CREATE TABLE cells (grain INTEGER NOT NULL, at INTEGER NOT NULL, model TEXT NOT NULL, target TEXT NOT NULL,
     team TEXT NOT NULL, key TEXT NOT NULL, figures TEXT NOT NULL,
     PRIMARY KEY (grain, at, model, target, team, key)) STRICT, WITHOUT ROWID`,
]

/** The file of calls; its mark is "TolC" in ASCII. */
export const callFile: FileKind = {
  applicationId: 0x546f6c43,
  migrations: [tables, feedbackTables, bodyTables, [...blockTables, ...markTables]],
  atFirst: (database) => {
    database.pragma('page_size = 4096')
    database.pragma('auto_vacuum = INCREMENTAL')
  },
}

/** What separates names within a column, and stands before and after them. */
export const between = '\u0001'

import type { FileKind } from './open-database.ts'

/**
 * The tables of kept answers. Names are digests and texts are sealed, with the key whose id is in `seal` (empty: not
 * encrypted), so that a file tells nothing where keys are configured.
 *
 * - `entries`: what is looked up and what decides who goes first; small, so that it can be gone through. `label` is the
 *   entry's key, `tags` the digests of its tags one after the other, `epoch` the last purge when it was written.
 * - `contents`: the head of an entry and its value.
 * - `likenesses`: what it is compared by.
 * - `purges`: the last purges, for other processes. Entries up to `until` were there before it; those up to `through`
 *   have been gone through; `moved_at` is when.
 * - `totals`: how many entries there are.
 */
const tables: readonly string[] = [
  `CREATE TABLE entries (id INTEGER PRIMARY KEY AUTOINCREMENT, name BLOB NOT NULL UNIQUE, seal TEXT NOT NULL,
     scope BLOB NOT NULL, model BLOB NOT NULL, owner BLOB NOT NULL, tags BLOB NOT NULL, label BLOB NOT NULL,
     epoch INTEGER NOT NULL, expires_at INTEGER NOT NULL, used_at INTEGER NOT NULL) STRICT`,
  `CREATE INDEX entries_expiring ON entries (expires_at)`,
  `CREATE INDEX entries_used ON entries (used_at)`,
  `CREATE INDEX entries_plain ON entries (id) WHERE seal = ''`,
  `CREATE TABLE contents (id INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT`,
  `CREATE TABLE likenesses (id INTEGER PRIMARY KEY, frame BLOB NOT NULL, sealed BLOB NOT NULL) STRICT`,
  `CREATE INDEX likenesses_frame ON likenesses (frame, id)`,
  `CREATE TABLE purges (id INTEGER PRIMARY KEY AUTOINCREMENT, seal TEXT NOT NULL, filter BLOB NOT NULL,
     until INTEGER NOT NULL, through INTEGER NOT NULL, is_done INTEGER NOT NULL, moved_at INTEGER NOT NULL) STRICT`,
  `CREATE TABLE totals (id INTEGER PRIMARY KEY CHECK (id = 1), entries INTEGER NOT NULL) STRICT`,
  `INSERT INTO totals (id, entries) VALUES (1, 0)`,
]

/** The file of kept answers; its mark is "TolA" in ASCII. */
export const cacheFile: FileKind = {
  applicationId: 0x546f6c41,
  migrations: [tables],
  atFirst: (database) => {
    // Several answers fit on a page of this size, and pages that are free can be given back.
    database.pragma('page_size = 8192')
    database.pragma('auto_vacuum = INCREMENTAL')
  },
}

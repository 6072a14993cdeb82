/**
 * Calls with a key of their caller. `fence` is never used twice, so that whoever lost a claim cannot end another one.
 * While `answer` is absent the call is under way in `process`; `until` is when the row stops to count. Names and what was
 * asked are hashes, answers are sealed by whoever puts them.
 */
export const idempotencyTables: readonly string[] = [
  `CREATE TABLE idempotent (fence INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, asked TEXT NOT NULL,
     owner TEXT NOT NULL, process INTEGER NOT NULL, until INTEGER NOT NULL, bytes INTEGER NOT NULL DEFAULT 0,
     answer BLOB) STRICT`,
  `CREATE INDEX idempotent_by_owner ON idempotent (owner, until, bytes)`,
  `CREATE INDEX idempotent_old ON idempotent (until)`,
]

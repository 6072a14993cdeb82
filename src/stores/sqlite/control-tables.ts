/** What administrators made, and who did what. The time of an audit line names it: no two are the same, none goes back. */
export const controlTables: readonly string[] = [
  `CREATE TABLE control (kind TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL, version INTEGER NOT NULL UNIQUE,
     deleted INTEGER NOT NULL, PRIMARY KEY (kind, name)) STRICT`,
  `CREATE TABLE audit (at INTEGER PRIMARY KEY, actor TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL,
     detail TEXT NOT NULL) STRICT`,
]

/**
 * What was said in calls: `body` is sealed, bound to the call and to whose it is; `seal` names the key, empty for none. They
 * lie in the order in which they came, found by the time of their call.
 */
export const bodyTables: readonly string[] = [
  `CREATE TABLE bodies (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, call TEXT NOT NULL, seal TEXT NOT NULL,
     body BLOB NOT NULL) STRICT`,
  `CREATE INDEX bodies_time ON bodies (at)`,
]

/**
 * What was said of calls. Model, target and prompt are those of the call, so that it can be added up when the call itself is
 * gone.
 */
export const feedbackTables: readonly string[] = [
  `CREATE TABLE feedback (call TEXT NOT NULL, key TEXT NOT NULL, label TEXT NOT NULL, score REAL, comment TEXT,
     at INTEGER NOT NULL, call_at INTEGER NOT NULL, model TEXT NOT NULL, target TEXT, prompt TEXT,
     PRIMARY KEY (call, key, label)) STRICT, WITHOUT ROWID`,
  'CREATE INDEX feedback_time ON feedback (call_at)',
]

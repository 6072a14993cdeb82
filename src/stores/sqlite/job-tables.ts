/**
 * Jobs. `state`: 0 waits for its turn, 1 waits for its time, 2 runs, 3 succeeded, 4 failed, 5 was cancelled. `class`: 0 is
 * the most urgent. Bodies and results lie apart, so that lists do not drag them along. A fence is the number of an attempt.
 * `job_lines` has a row for each owner and class with jobs that wait for their turn: how many, since when the first is due,
 * and at which virtual time of its class its next turn begins; `job_paid` remembers that time of who has none waiting.
 * `job_marks` rises with every change, for those who watch. `job_leftovers` are files that nobody needs any more.
 */
export const jobTables: readonly string[] = [
  `CREATE TABLE jobs (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL,
     caller TEXT NOT NULL, endpoint TEXT NOT NULL, model TEXT NOT NULL, class INTEGER NOT NULL, weight REAL NOT NULL,
     deadline_at INTEGER, max_attempts INTEGER NOT NULL, webhook TEXT, metadata TEXT, retry_of TEXT, keep_ms INTEGER NOT NULL,
     state INTEGER NOT NULL, version INTEGER NOT NULL DEFAULT 1, created_at INTEGER NOT NULL, due_at INTEGER NOT NULL,
     started_at INTEGER, ended_at INTEGER, expires_at INTEGER, attempts INTEGER NOT NULL DEFAULT 0,
     begun INTEGER NOT NULL DEFAULT 0, crashes INTEGER NOT NULL DEFAULT 0, error_code TEXT, error_message TEXT, dead TEXT,
     redriven_as TEXT, cost INTEGER NOT NULL DEFAULT 0, unknown_costs INTEGER NOT NULL DEFAULT 0,
     is_stopping INTEGER NOT NULL DEFAULT 0, fence INTEGER, lease_until INTEGER) STRICT`,
  'CREATE INDEX jobs_waiting ON jobs (owner, class, due_at) WHERE state = 0',
  'CREATE INDEX jobs_scheduled ON jobs (due_at) WHERE state = 1',
  'CREATE INDEX jobs_leased ON jobs (lease_until) WHERE state = 2',
  'CREATE INDEX jobs_timed ON jobs (deadline_at) WHERE state < 2 AND deadline_at IS NOT NULL',
  'CREATE INDEX jobs_over ON jobs (expires_at) WHERE expires_at IS NOT NULL',
  'CREATE INDEX jobs_owned ON jobs (owner)',
  'CREATE INDEX jobs_in_vain ON jobs (owner) WHERE state >= 4',
  'CREATE INDEX jobs_dead ON jobs (number) WHERE dead IS NOT NULL AND redriven_as IS NULL',
  `CREATE TABLE job_bodies (job INTEGER PRIMARY KEY, headers TEXT NOT NULL, bytes BLOB, file TEXT, size INTEGER) STRICT`,
  'CREATE INDEX job_bodies_in_files ON job_bodies (file) WHERE file IS NOT NULL',
  `CREATE TABLE job_results (job INTEGER PRIMARY KEY, status INTEGER NOT NULL, content_type TEXT NOT NULL, bytes BLOB,
     file TEXT, size INTEGER) STRICT`,
  `CREATE TABLE job_attempts (fence INTEGER PRIMARY KEY AUTOINCREMENT, job INTEGER NOT NULL, ordinal INTEGER NOT NULL,
     worker TEXT NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER, outcome TEXT, error_code TEXT, error_message TEXT,
     call TEXT, cost INTEGER, is_booked INTEGER NOT NULL DEFAULT 0, characters INTEGER NOT NULL DEFAULT 0) STRICT`,
  'CREATE INDEX job_attempts_of ON job_attempts (job)',
  `CREATE TABLE job_pieces (job INTEGER NOT NULL, attempt INTEGER NOT NULL, sequence INTEGER NOT NULL, text TEXT NOT NULL,
     PRIMARY KEY (job, attempt, sequence)) STRICT, WITHOUT ROWID`,
  `CREATE TABLE job_keys (name TEXT PRIMARY KEY, asked TEXT NOT NULL, job INTEGER NOT NULL, until INTEGER NOT NULL)
     STRICT, WITHOUT ROWID`,
  'CREATE INDEX job_keys_old ON job_keys (until)',
  `CREATE TABLE job_lines (owner TEXT NOT NULL, class INTEGER NOT NULL, weight REAL NOT NULL, waiting INTEGER NOT NULL,
     head_at INTEGER NOT NULL, at REAL NOT NULL, PRIMARY KEY (owner, class)) STRICT, WITHOUT ROWID`,
  'CREATE INDEX job_turns ON job_lines (class, at, head_at)',
  'CREATE INDEX job_heads ON job_lines (class, head_at)',
  `CREATE TABLE job_paid (class INTEGER NOT NULL, owner TEXT NOT NULL, until REAL NOT NULL, PRIMARY KEY (class, owner))
     STRICT, WITHOUT ROWID`,
  'CREATE INDEX job_paid_until ON job_paid (class, until)',
  'CREATE TABLE job_classes (class INTEGER PRIMARY KEY, virtual REAL NOT NULL DEFAULT 0) STRICT',
  'INSERT INTO job_classes (class) VALUES (0), (1), (2)',
  `CREATE TABLE job_marks (id INTEGER PRIMARY KEY CHECK (id = 1), work INTEGER NOT NULL, news INTEGER NOT NULL,
     since_aged INTEGER NOT NULL, event_fence INTEGER NOT NULL) STRICT`,
  'INSERT INTO job_marks VALUES (1, 0, 0, 0, 0)',
  'CREATE TABLE job_leftovers (file TEXT PRIMARY KEY, told INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID',
  'CREATE INDEX job_leftovers_told ON job_leftovers (told)',
]

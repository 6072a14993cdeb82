/**
 * Events for webhooks: `status` 0 is to be told, 1 was told, 2 was given up. While somebody tells it, `fence` names that
 * claim, and `next_at` is when the claim runs out. An endpoint wakes when its first event is due and it need not rest.
 */
export const webhookTables: readonly string[] = [
  `CREATE TABLE webhook_events (sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, endpoint TEXT NOT NULL,
     owner TEXT NOT NULL, job TEXT NOT NULL UNIQUE, state TEXT NOT NULL, occurred_at INTEGER NOT NULL,
     attempts INTEGER NOT NULL DEFAULT 0, status INTEGER NOT NULL DEFAULT 0, next_at INTEGER, fence INTEGER) STRICT`,
  'CREATE INDEX webhook_events_due ON webhook_events (endpoint, next_at) WHERE status = 0',
  'CREATE INDEX webhook_events_leased ON webhook_events (endpoint, next_at) WHERE fence IS NOT NULL',
  'CREATE INDEX webhook_events_failed ON webhook_events (endpoint) WHERE status = 2',
  'CREATE INDEX webhook_events_at ON webhook_events (endpoint)',
  'CREATE INDEX webhook_events_of ON webhook_events (owner)',
  `CREATE TABLE webhook_attempts (id INTEGER PRIMARY KEY, event INTEGER NOT NULL, at INTEGER NOT NULL,
     duration_ms REAL NOT NULL, status INTEGER, problem TEXT, said TEXT) STRICT`,
  'CREATE INDEX webhook_attempts_of ON webhook_attempts (event)',
  `CREATE TABLE webhook_endpoints (endpoint TEXT PRIMARY KEY, failing_since INTEGER, disabled_at INTEGER,
     disabled_because TEXT, rests_until INTEGER, head_at INTEGER,
     wake_at INTEGER GENERATED ALWAYS AS (iif(disabled_at IS NULL, max(head_at, coalesce(rests_until, 0)), NULL)) VIRTUAL)
     STRICT`,
  'CREATE INDEX webhook_endpoints_awake ON webhook_endpoints (wake_at) WHERE wake_at IS NOT NULL',
]

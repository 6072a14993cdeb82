/**
 * Money that is set aside for jobs. `job_holds` has a row for each of their slices: `fence` is the attempt that spends it (then the
 * slice belongs to the process of its worker), absent while the job waits (then the slice is of process 0, which nobody is, so that
 * it outlives whoever took it). Nothing of it counts any more after `until`; absent: it always does. Of a job, `holds` says whether
 * money was to be set aside for it, `held` what is set aside in each of its budgets.
 */
export const jobHoldTables: readonly string[] = [
  'ALTER TABLE jobs ADD COLUMN holds INTEGER NOT NULL DEFAULT 0',
  'ALTER TABLE jobs ADD COLUMN held INTEGER NOT NULL DEFAULT 0',
  `CREATE TABLE job_holds (slice INTEGER PRIMARY KEY, job INTEGER NOT NULL, fence INTEGER, until INTEGER) STRICT`,
  'CREATE INDEX job_holds_of ON job_holds (job)',
  'CREATE INDEX job_holds_old ON job_holds (until) WHERE until IS NOT NULL AND fence IS NULL',
]

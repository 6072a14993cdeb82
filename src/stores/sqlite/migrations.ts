import { controlTables } from './control-tables.ts'
import { idempotencyTables } from './idempotency-tables.ts'
import { jobHoldTables } from './job-hold-tables.ts'
import { jobTables } from './job-tables.ts'
import { ledgerTables } from './ledger-tables.ts'
import { memorySums, rollupTables } from './rollup-tables.ts'
import { webhookTables } from './webhook-tables.ts'

/**
 * What made the store what it is, in order; its version is how many of them were done. `block_sums`: what the lines of a block add up
 * to, until that is in the reports. `usage`: what the attempts of a job used; absent: none has ended, or it is unknown. What was released
 * stays as it is.
 */
export const migrations: readonly (readonly string[])[] = [
  [...ledgerTables, ...controlTables, ...rollupTables],
  ['CREATE TABLE block_sums (block INTEGER PRIMARY KEY, sums TEXT NOT NULL) STRICT'],
  [...idempotencyTables],
  memorySums,
  [...jobTables, ...webhookTables],
  jobHoldTables,
  ['ALTER TABLE jobs ADD COLUMN usage TEXT'],
]

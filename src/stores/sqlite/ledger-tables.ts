/**
 * The tables of the ledger. Amounts are of the unit of their allowance (money: nano-dollars), times are Unix
 * milliseconds of the store. `settled + leased` of all windows that count stays at or under the limit of a hard allowance.
 *
 * - `clock`: the latest time that anything was written at; the store's time never falls behind it.
 * - `processes`: who shares the store. `beat` rises while it lives; `host` says where `pid` means something; `origin`
 *   stays when a process that was taken for dead comes back under another `token`.
 * - `windows`: one row for a period or slot. `period_end` is absent for `total`; `counts_until` is there for slots of
 *   rolling windows: when they stop to count. `lost` is the part of `settled` that was charged for processes that died,
 *   `over` what was used beyond what was leased, `alerted` the highest percent that was told of. `ceiling` (the limit)
 *   and `alerts` (percents, a JSON list) are those that were in force when it was last leased or charged.
 * - `slices`: what a process holds. When the process has died, `is_lost` is set, and `amount` is what of it stands in
 *   `lost` of its window: whoever takes it out of `lost` must set it to 0. One of which more was used than it held stays
 *   for a while, as more bookings may come.
 * - `batches`: which batches were booked, of the last ones of each origin.
 * - `blocks`: the lines of a batch, as JSON text, with a line feed after each.
 * - `recalls`: marks of shortages, for others to give back.
 */
export const ledgerTables: readonly string[] = [
  `CREATE TABLE clock (id INTEGER PRIMARY KEY CHECK (id = 1), high_water INTEGER NOT NULL) STRICT`,
  `INSERT INTO clock (id, high_water) VALUES (1, 0)`,
  `CREATE TABLE processes (id INTEGER PRIMARY KEY AUTOINCREMENT, token TEXT NOT NULL UNIQUE,
     origin TEXT NOT NULL, pid INTEGER NOT NULL, host TEXT NOT NULL, started_at INTEGER NOT NULL,
     seen_at INTEGER NOT NULL, beat INTEGER NOT NULL DEFAULT 0, is_dead INTEGER NOT NULL DEFAULT 0) STRICT`,
  `CREATE TABLE windows (allowance TEXT NOT NULL, subject TEXT NOT NULL, period_start INTEGER NOT NULL,
     period_end INTEGER, counts_until INTEGER, ceiling INTEGER NOT NULL, alerts TEXT,
     settled INTEGER NOT NULL DEFAULT 0, leased INTEGER NOT NULL DEFAULT 0, lost INTEGER NOT NULL DEFAULT 0,
     over INTEGER NOT NULL DEFAULT 0, alerted REAL NOT NULL DEFAULT 0,
     PRIMARY KEY (allowance, subject, period_start)) STRICT, WITHOUT ROWID`,
  `CREATE INDEX windows_old ON windows (counts_until) WHERE counts_until IS NOT NULL`,
  `CREATE TABLE slices (id INTEGER PRIMARY KEY AUTOINCREMENT, process INTEGER NOT NULL, allowance TEXT NOT NULL,
     subject TEXT NOT NULL, period_start INTEGER NOT NULL, amount INTEGER NOT NULL, on_loss TEXT NOT NULL,
     leased_at INTEGER NOT NULL, is_lost INTEGER NOT NULL DEFAULT 0, is_overdrawn INTEGER NOT NULL DEFAULT 0) STRICT`,
  `CREATE INDEX slices_by_process ON slices (process)`,
  `CREATE INDEX slices_by_subject ON slices (allowance, subject)`,
  `CREATE INDEX slices_left ON slices (leased_at) WHERE amount = 0`,
  `CREATE TABLE batches (origin TEXT NOT NULL, sequence INTEGER NOT NULL,
     PRIMARY KEY (origin, sequence)) STRICT, WITHOUT ROWID`,
  `CREATE TABLE blocks (id INTEGER PRIMARY KEY AUTOINCREMENT, process INTEGER NOT NULL, sequence INTEGER NOT NULL,
     from_at INTEGER NOT NULL, to_at INTEGER NOT NULL, count INTEGER NOT NULL, lines TEXT NOT NULL) STRICT`,
  `CREATE INDEX blocks_by_time ON blocks (to_at)`,
  `CREATE TABLE recalls (id INTEGER PRIMARY KEY AUTOINCREMENT, allowance TEXT NOT NULL, subject TEXT NOT NULL,
     process INTEGER NOT NULL, at INTEGER NOT NULL) STRICT`,
]

import { type PlainKey, plainKeys, type ScopedKey } from '../line-keys.ts'
import type { Sums } from '../line-sums.ts'

/** The columns of sums that the tables had at first. */
const firstColumns = [
  ['attempts', 'attempts'],
  ['calls', 'calls'],
  ['failed', 'failed'],
  ['inputTokens', 'input_tokens'],
  ['cacheReadTokens', 'cache_read_tokens'],
  ['cacheWriteTokens', 'cache_write_tokens'],
  ['outputTokens', 'output_tokens'],
  ['reasoningTokens', 'reasoning_tokens'],
  ['unknownCost', 'unknown_cost'],
  ['measuredCost', 'measured_cost'],
  ['estimatedCost', 'estimated_cost'],
] as const satisfies readonly (readonly [keyof Sums, string])[]

const memoryColumns = [
  ['hits', 'hits'],
  ['unknownSaved', 'unknown_saved'],
  ['saved', 'saved'],
] as const satisfies readonly (readonly [keyof Sums, string])[]

/** The column of each sum, in the order in which blocks have them. */
export const sumColumns = [...firstColumns, ...memoryColumns] as const

/** The column of each key; it holds the number of a name in `names`, 0 for nothing. */
export const plainColumns: Readonly<Record<PlainKey, string>> = {
  org: 'org_id',
  team: 'team_id',
  user: 'user_id',
  key: 'key_id',
  model: 'model_id',
  target: 'target_id',
  provider: 'provider_id',
  outcome: 'outcome_id',
}

/** How kinds of made-up names are kept; their names stand in the rows themselves, so that they go with them. */
export const scopedNumbers: Readonly<Record<ScopedKey, number>> = { end_user: 1, session: 2, tag: 3 }

const idColumns = plainKeys.map((key) => plainColumns[key])
const sums = firstColumns.map(([, column]) => `${column} INTEGER NOT NULL`).join(', ')

const plainTable = (name: string, time: string): string =>
  `CREATE TABLE ${name} (${time} INTEGER NOT NULL, ${idColumns.map((column) => `${column} INTEGER NOT NULL`).join(', ')},
     ${sums}, PRIMARY KEY (${time}, ${idColumns.join(', ')})) STRICT, WITHOUT ROWID`

const scopedTable = (name: string, time: string): string =>
  `CREATE TABLE ${name} (kind INTEGER NOT NULL, ${time} INTEGER NOT NULL, name TEXT NOT NULL,
     ${sums}, PRIMARY KEY (kind, ${time}, name)) STRICT, WITHOUT ROWID`

/**
 * What reports read: sums by hour and by day in UTC, each numbered from 1970. `rollup_mark` says which lines are in them:
 * those of all blocks before `block`, and the first `line` lines of that one.
 */
export const rollupTables: readonly string[] = [
  'CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT',
  "INSERT INTO names (id, name) VALUES (0, '')",
  plainTable('hours', 'hour'),
  plainTable('days', 'day'),
  scopedTable('scope_hours', 'hour'),
  scopedTable('scope_days', 'day'),
  `CREATE TABLE rollup_mark (id INTEGER PRIMARY KEY CHECK (id = 1), block INTEGER NOT NULL, line INTEGER NOT NULL,
     owner TEXT NOT NULL, at INTEGER NOT NULL) STRICT`,
  "INSERT INTO rollup_mark (id, block, line, owner, at) VALUES (1, 0, 0, '', 0)",
]

/** What memory saved, beside the sums that were there before. */
export const memorySums: readonly string[] = ['hours', 'days', 'scope_hours', 'scope_days'].flatMap((table) =>
  memoryColumns.map(([, column]) => `ALTER TABLE ${table} ADD COLUMN ${column} INTEGER NOT NULL DEFAULT 0`),
)

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { rememberedLine, sampleLine, sampleStretch } from '../../testing/report-samples.ts'
import { batchOf } from '../../testing/temporary-stores.ts'
import { createLineSummer } from './block-sums.ts'
import { createSqliteStore } from './index.ts'
import { migrations } from './migrations.ts'
import { openForWriting, storeFile } from './open-database.ts'
import { sumColumns } from './rollup-tables.ts'

/** How many sums there were before those of memory, and the version of the file then. */
const sumsThen = 11
const versionThen = 3

/** The sums of one line as they were written then. */
const blockSumsThen = (): string => {
  const summer = createLineSummer()
  summer.add(sampleLine({ cost: '7' }))
  const sums = JSON.parse(summer.take())
  for (const { sums: values } of sums.plain) values.length = sumsThen
  return JSON.stringify(sums)
}

/** A file of that version: one line in the sums of hours and days, one more in a block with its sums. */
const makeFileOfThen = (path: string): void => {
  const database = openForWriting(path, { ...storeFile, migrations: migrations.slice(0, versionThen) })
  assert.equal(database.pragma('user_version', { simple: true }), versionThen)
  const ids = ['org', 'team', 'user', 'key', 'model', 'target', 'provider', 'outcome'].map((name) => `${name}_id`)
  const sums = sumColumns.slice(0, sumsThen).map(([, column]) => column)
  const [hour, day] = [Math.floor(sampleStretch.from / 3_600_000), Math.floor(sampleStretch.from / 86_400_000)]
  for (const [table, time, at] of [
    ['hours', 'hour', hour],
    ['days', 'day', day],
  ] as const)
    database
      .prepare(
        `INSERT INTO ${table} (${[time, ...ids, ...sums].join(', ')}) VALUES (${[at, ...ids.map(() => 0), ...sums.map(() => 5)].join(', ')})`,
      )
      .run()
  const { from, to, count, lines } = batchOf(0, [sampleLine({ cost: '7' })])
  database
    .prepare('INSERT INTO blocks (process, sequence, from_at, to_at, count, lines) VALUES (1, 0, ?, ?, ?, ?)')
    .run(from, to, count, lines)
  database.prepare('INSERT INTO block_sums VALUES (1, ?)').run(blockSumsThen())
  database.close()
}

describe('a file of a version that knew nothing of memory', () => {
  it('keeps its sums, and takes in those of memory', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tollgate-migrations-'))
    try {
      const path = join(folder, 'tollgate.db')
      makeFileOfThen(path)
      const store = await createSqliteStore(path)
      try {
        await store.ledger.settle(batchOf(1, [rememberedLine({ saved: '3' })]))
        const [row] = await store.reports.report({ ...sampleStretch, by: [], where: {}, limit: 1 })
        assert.deepEqual([row?.attempts, row?.calls, row?.cost], [6, 7, 17n])
        assert.deepEqual([row?.hits, row?.saved, row?.unknownSaved], [1, 3n, 0])
      } finally {
        await store.close()
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})

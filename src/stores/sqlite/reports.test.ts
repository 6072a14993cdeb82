import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { LedgerLine } from '../../core/ledger-line.ts'
import { modelReport } from '../../testing/report-model.ts'
import { sampleLine, sampleStretch } from '../../testing/report-samples.ts'
import { reportStoreSuite } from '../../testing/report-store-suite.ts'
import { batchOf, openTemporaryStores, type TemporaryStores } from '../../testing/temporary-stores.ts'
import type { Store } from '../store.ts'

reportStoreSuite(
  'sqlite',
  async () => {
    const stores = await openTemporaryStores()
    let sequence = 0
    const book = async (lines: readonly LedgerLine[]): Promise<void> => {
      if (lines.length > 0) await stores.one.ledger.settle(batchOf(++sequence, lines))
    }
    return { reports: stores.one.reports, book, close: stores.close }
  },
  8,
)

const withStores = async (body: (stores: TemporaryStores) => Promise<void>): Promise<void> => {
  const stores = await openTemporaryStores()
  try {
    await body(stores)
  } finally {
    await stores.close()
  }
}

const everything = { ...sampleStretch, by: [], where: {}, limit: 10 }

/** Many lines of many keys and sessions, more than are summed up at one time. */
const crowd = (from: number, count: number): LedgerLine[] =>
  Array.from({ length: count }, (_, index) =>
    sampleLine({
      at: sampleStretch.from + ((from + index) % 90) * 3_600_000,
      key: `key ${(from + index) % 500}`,
      session: `session ${from + index}`,
      cost: String(from + index),
    }),
  )

const attemptsIn = async ({ reports }: Store): Promise<number | undefined> =>
  (await reports.report(everything))[0]?.attempts

describe('sums in a file', () => {
  it('count every line once when several stores sum up at the same time', () =>
    withStores(async (stores) => {
      const opened = [stores.one, await stores.open(), await stores.open()]
      const lines = crowd(0, 6_000)
      await Promise.all(
        opened.map((store, index) => store.ledger.settle(batchOf(1, lines.slice(index * 2_000, (index + 1) * 2_000)))),
      )
      const counted = await Promise.all(opened.map(attemptsIn))
      assert.deepEqual(counted, [6_000, 6_000, 6_000])
      const query = { ...everything, by: ['key', 'day'] as const, limit: 10_000 }
      const rows = await stores.one.reports.report(query)
      const expected = modelReport(lines, query)
      assert.equal(rows.length, expected.length)
      assert.equal(
        rows.reduce((sum, row) => sum + row.cost, 0n),
        lines.reduce((sum, line) => sum + BigInt(line.cost ?? 0), 0n),
      )
    }))

  it('count every line once when who sums up is killed', () =>
    withStores(async (stores) => {
      const lines = crowd(0, 12_000)
      for (let index = 0; index < 6; index++)
        await stores.one.ledger.settle(batchOf(index + 1, lines.slice(index * 2_000, (index + 1) * 2_000)))
      const program = `import { createSqliteStore } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
        const store = await createSqliteStore(${JSON.stringify(stores.path)})
        console.log('begun')
        await store.reports.report(${JSON.stringify(everything)})
        console.log('done')
        setInterval(() => {}, 1000)`
      for (const afterMs of [5, 40]) {
        const child = spawn(process.execPath, ['--input-type=module', '-e', program])
        await once(child.stdout, 'data')
        await wait(afterMs)
        child.kill('SIGKILL')
        await once(child, 'exit')
      }
      assert.equal(await attemptsIn(stores.one), 12_000)
    }))

  it('are current for each who asks, also when many ask while lines come in', () =>
    withStores(async ({ one }) => {
      for (let sequence = 1; sequence <= 20; sequence++) {
        await one.ledger.settle(batchOf(sequence, crowd(sequence, 10)))
        const counted = await Promise.all([attemptsIn(one), attemptsIn(one), attemptsIn(one)])
        assert.deepEqual(counted, Array(3).fill(sequence * 10))
      }
    }))
})

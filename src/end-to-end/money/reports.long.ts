import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { openForWriting } from '../../stores/sqlite/open-database.ts'
import type { LineQuery, ReportKey, Store } from '../../stores/store.ts'
import { sampleLine } from '../../testing/report-samples.ts'
import { openTemporaryStores } from '../../testing/temporary-stores.ts'

const lines = 10_000_000
const blockLines = 5_000
const hourMs = 3_600_000
const days = 90
const start = Date.UTC(2026, 7, 1)
const span = { from: start, to: start + days * 24 * hourMs }

/** A second for every question. */
const mostMs = 1_000

/** Numbers that look random and are the same each time. */
const seeded = (): ((below: number) => number) => {
  let state = 12_345
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % below
  }
}

/** The lines of one block: 50 keys in an hour at most, 4 models, 2 providers, end users and tags. */
const blockText = (block: number, pick: (below: number) => number): string => {
  let text = ''
  for (let index = 0; index < blockLines; index++) {
    const key = pick(50)
    const line = sampleLine({
      at: atOf(block, index),
      org: `org ${key % 3}`,
      team: `team ${key % 10}`,
      key: `key ${key}`,
      endUser: `user ${pick(100)}`,
      tags: { feature: `feature ${pick(10)}` },
      model: `model ${pick(4)}`,
      target: `provider ${pick(2)}/model`,
      outcome: pick(50) === 0 ? 'server' : 'ok',
      cost: pick(100) === 0 ? undefined : '1000',
    })
    text += `${JSON.stringify(line)}\n`
  }
  return text
}

const atOf = (block: number, index: number): number =>
  start + Math.floor(((block * blockLines + index) / lines) * (span.to - span.from))

/** Puts blocks where settling puts them, without its bookings; calls back now and then, so that they are summed up. */
const fill = async (path: string, sumUp: () => Promise<void>): Promise<void> => {
  const database = openForWriting(path)
  const add = database.prepare(
    'INSERT INTO blocks (process, sequence, from_at, to_at, count, lines) VALUES (1, ?, ?, ?, ?, ?)',
  )
  const pick = seeded()
  for (let block = 0; block * blockLines < lines; block++) {
    const text = blockText(block, pick)
    add.run(block, atOf(block, 0), atOf(block, blockLines - 1), blockLines, text)
    if (block % 20 === 19) await sumUp()
  }
  await sumUp()
  database.close()
}

const questions: readonly (readonly ReportKey[])[] = [
  [],
  ['org'],
  ['key'],
  ['day', 'model'],
  ['month', 'team', 'model'],
  ['key', 'model', 'outcome'],
  ['provider', 'day'],
  ['hour'],
  ['end_user'],
  ['tag', 'day'],
]

const searches: readonly LineQuery['where'][] = [{}, { key: 'key 7', outcome: 'server' }, { key: 'nobody' }]

/** Finding single lines reads blocks; it is bounded by how much is read. */
const searchLines = async (store: Store, tell: (text: string) => void): Promise<void> => {
  for (const where of searches) {
    const asked = performance.now()
    const found = await store.reports.lines({ ...span, where, limit: 100 })
    const tookMs = performance.now() - asked
    tell(`lines where ${JSON.stringify(where)}: ${found.length} in ${Math.round(tookMs)} ms`)
    assert.ok(tookMs < 5_000)
  }
}

/** The longest that a settling took while the body ran. */
const slowestSettling = async (store: Store, body: () => Promise<void>): Promise<number> => {
  let isOver = false
  const over = body().finally(() => {
    isOver = true
  })
  let slowest = 0
  for (let sequence = 1; !isOver; sequence++) {
    const begun = performance.now()
    await store.ledger.settle({ sequence, bookings: [], charges: [], lines: '', count: 0, from: 0, to: 0 })
    slowest = Math.max(slowest, performance.now() - begun)
    await wait(5)
  }
  await over
  return slowest
}

describe(`reports over ${lines} lines`, () => {
  it('answer within a second, add up to every line, and hold up nobody', async (context) => {
    const stores = await openTemporaryStores()
    try {
      const { reports } = stores.one
      const total = () => reports.report({ ...span, by: [], where: {}, limit: 1 })
      const begun = performance.now()
      await fill(stores.path, async () => void (await total()))
      const filledMs = performance.now() - begun
      context.diagnostic(
        `${lines} lines made and summed up in ${Math.round(filledMs / 1000)} s, ${Math.round(statSync(stores.path).size / 2 ** 20)} MiB`,
      )
      const slowest = await slowestSettling(stores.one, async () => {
        for (const by of questions) {
          const asked = performance.now()
          const rows = await reports.report({ ...span, by, where: {}, limit: 1_000 })
          const tookMs = performance.now() - asked
          context.diagnostic(`by ${by.join(', ') || 'nothing'}: ${rows.length} rows in ${Math.round(tookMs)} ms`)
          assert.ok(rows.length > 0)
          assert.ok(tookMs <= mostMs, `by ${by.join(', ')}: ${Math.round(tookMs)} ms`)
        }
        await searchLines(stores.one, (text) => context.diagnostic(text))
      })
      context.diagnostic(`slowest settling meanwhile: ${Math.round(slowest)} ms`)
      assert.ok(slowest < 500, `${Math.round(slowest)} ms`)
      const [row] = await total()
      assert.equal(row?.attempts, lines)
      assert.equal(row?.cost, BigInt(lines - (row?.unknownCost ?? 0)) * 1000n)
    } finally {
      await stores.close()
    }
  })
})

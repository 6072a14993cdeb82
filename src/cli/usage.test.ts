import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { keptUsage } from '../core/kept-usage.ts'
import type { LedgerLine } from '../core/ledger-line.ts'
import { noUsage } from '../core/usage.ts'
import { createSqliteStore } from '../stores/sqlite/index.ts'
import { createFolder, type Folder, run } from './spawned.ts'

const hour = 3_600_000
const now = Date.now()
const common = { ordinal: 1, last: true, durationMs: 12, operation: 'chat', stream: false, outcome: 'ok' } as const
const measured = { ...noUsage, input: 100, cacheRead: 20, output: 10, reasoning: 5 }
const lines: readonly LedgerLine[] = [
  {
    ...common,
    call: 'a',
    at: now - 3 * hour,
    key: 'web',
    team: 'shop',
    model: 'chat',
    target: 'sim/small',
    usage: keptUsage(measured),
    cost: '1234567891',
  },
  {
    ...common,
    call: 'b',
    at: now - 2 * hour,
    key: 'web',
    team: 'shop',
    model: 'chat',
    target: 'sim/large',
    usage: { ...measured, source: 'estimated' },
    cost: '5',
  },
  {
    ...common,
    call: 'c',
    at: now - hour,
    key: 'own',
    tags: { feature: 'search' },
    model: 'local',
    target: 'local/a',
    outcome: 'server',
  },
  {
    ...common,
    call: 'old',
    at: now - 40 * 24 * hour,
    key: 'web',
    team: 'shop',
    model: 'chat',
    target: 'sim/small',
    cost: '7',
  },
]

const createLedger = async (): Promise<Folder> => {
  const folder = await createFolder()
  const store = await createSqliteStore(join(folder.path, 'tollgate.db'))
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
  const empty = { sequence: 1, bookings: [], charges: [] }
  await store.ledger.settle({ ...empty, lines: text, count: lines.length, from: now - 40 * 24 * hour, to: now })
  await store.close()
  return folder
}

const cellsOf = (text: string): string[][] =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/))

describe('tollgate usage', () => {
  test('sums by key, the dearest first; what is estimated and what is unknown stand apart', async () => {
    await using folder = await createLedger()
    const { code, output, errors } = await run(['usage', '--by', 'team,model'], { folder: folder.path })
    assert.equal(code, 0)
    assert.deepEqual(cellsOf(output).slice(1), [
      ['shop', 'chat', '2', '0', '2', '0', '240', '40', '30', '1.234567891', '0.000000005', '0', '0', '0'],
      ['(none)', 'local', '1', '1', '1', '0', '0', '0', '0', '?', '?', '1', '0', '0'],
      ['total', '3', '1', '3', '0', '240', '40', '30', '1.234567891', '0.000000005', '1', '0', '0'],
    ])
    assert.match(errors, /^-- \d{4}-\d\d-\d\d \d\d:00:00 to \d{4}-\d\d-\d\d \d\d:00:00 UTC\n$/)
  })

  test('is JSON in the words of the administrators’ door, with the sum of everything', async () => {
    await using folder = await createLedger()
    const { output } = await run(['usage', '--from', '60d', '--where', 'team=shop', '--json'], { folder: folder.path })
    const { rows, total, isCut, from } = JSON.parse(output)
    assert.match(from, /:00:00\.000Z$/)
    assert.equal(isCut, false)
    assert.partialDeepStrictEqual(rows, [
      {
        group: { model: 'chat' },
        attempts: 3,
        calls: 3,
        retries: 0,
        inputTokens: 200,
        cost: { usd: '1.234567903', nanos: '1234567903' },
        measuredCost: { usd: '1.234567891' },
        unknownCost: 0,
        hits: 0,
        saved: { usd: '0', nanos: '0' },
      },
    ])
    assert.deepEqual({ ...total, group: rows[0].group }, rows[0])
  })

  test('goes by time where a time is asked for, and says when rows were left out', async () => {
    await using folder = await createLedger()
    const surroundings = { folder: folder.path }
    const { output } = await run(['usage', '--by', 'hour,key'], surroundings)
    const hours = cellsOf(output)
      .slice(1, -1)
      .map(([at = '']) => at)
    assert.deepEqual(hours, hours.toSorted())
    assert.equal(hours.length, 3)
    const cut = await run(['usage', '--by', 'hour', '--limit', '1'], surroundings)
    assert.equal(cellsOf(cut.output).length, 3)
    assert.match(cut.errors, /only the 1 rows that cost most are shown/)
  })

  test('lists single attempts, newest first, as a table and as lines of JSON', async () => {
    await using folder = await createLedger()
    const surroundings = { folder: folder.path }
    const { output } = await run(['usage', '--lines', '--limit', '2'], surroundings)
    assert.deepEqual(
      cellsOf(output).map((cells) => cells.at(-1)),
      ['CALL', 'c#1', 'b#1'],
    )
    const found = await run(['usage', '--lines', '--where', 'tag=feature=search', '--json'], surroundings)
    const [line = '', ...more] = found.output.trim().split('\n')
    assert.deepEqual(more, [])
    assert.partialDeepStrictEqual(JSON.parse(line), { call: 'c', at: new Date(now - hour).toISOString(), key: 'own' })
    assert.equal(JSON.parse(line).cost, undefined)
    const shop = await run(['usage', '--lines', '--where', 'team=shop', '--json'], surroundings)
    const shown = shop.output
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text))
    assert.deepEqual(shown.find(({ call }) => call === 'a').usage, measured)
  })

  test('ends with 1 where there is no store or what is asked cannot be told, with 2 for words it does not know', async () => {
    await using folder = await createFolder()
    const none = await run(['usage'], { folder: folder.path })
    assert.equal(none.code, 1)
    assert.match(none.errors, /^There is no store at /)
    await using filled = await createLedger()
    const surroundings = { folder: filled.path }
    const results = await Promise.all([
      run(['usage', '--by', 'tag,team'], surroundings),
      run(['usage', '--from', 'now', '--to', '7d'], surroundings),
      run(['usage', '--by', 'colour'], surroundings),
      run(['usage', '--lines', '--by', 'team'], surroundings),
    ])
    assert.deepEqual(
      results.map(({ code }) => code),
      [1, 2, 2, 2],
    )
    assert.match(results[0]?.errors ?? '', /"tag" goes with a time/)
    assert.match(results[1]?.errors ?? '', /--from must be before --to/)
    assert.match(results[3]?.errors ?? '', /'--lines' cannot be used with option '--by/)
  })
})

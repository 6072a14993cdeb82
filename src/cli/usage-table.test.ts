import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LedgerLine } from '../core/ledger-line.ts'
import { noUsage } from '../core/usage.ts'
import { noSums, rowOf, type Sums } from '../stores/line-sums.ts'
import { linesTable, reportTable } from './usage-table.ts'

const row = (group: Parameters<typeof rowOf>[0], sums: Partial<Sums>) => rowOf(group, { ...noSums(), ...sums })
const cellsOf = (text: string): string[][] => text.split('\n').map((line) => line.trim().split(/ {2,}/))

describe('a report as a table', () => {
  test('tells measured from estimated money, exactly, and sums everything at its end', () => {
    const shop = row({ team: 'shop', model: 'chat' }, { attempts: 12, calls: 10, failed: 1, inputTokens: 100 })
    const figures = { measuredCost: 1_234_567_890_123n, estimatedCost: 5n, outputTokens: 30, reasoningTokens: 12 }
    const total = row({}, { attempts: 12, calls: 10, failed: 1, inputTokens: 100, ...figures })
    assert.deepEqual(cellsOf(reportTable(['team', 'model'], [{ ...shop, ...figures }], total)), [
      [
        'TEAM',
        'MODEL',
        'CALLS',
        'FAILED',
        'ATTEMPTS',
        'RETRIES',
        'TOKENS IN',
        'CACHED',
        'TOKENS OUT',
        'MEASURED $',
        'ESTIMATED $',
        'UNKNOWN',
        'HITS',
        'SAVED $',
      ],
      ['shop', 'chat', '10', '1', '12', '2', '100', '0', '42', '1234.567890123', '0.000000005', '0', '0', '0'],
      ['total', '10', '1', '12', '2', '100', '0', '42', '1234.567890123', '0.000000005', '0', '0', '0'],
    ])
  })

  test('shows no sum of money where every cost is unknown, and counts the unknown where some are', () => {
    const unknown = row({ model: 'local/a' }, { attempts: 3, calls: 3, unknownCost: 3 })
    const some = row({ model: 'chat' }, { attempts: 3, calls: 3, unknownCost: 1, measuredCost: 2n })
    const nothing = row({}, {})
    const [, first, second, last] = cellsOf(reportTable(['model'], [unknown, some], nothing))
    assert.deepEqual(first?.slice(-5, -2), ['?', '?', '3'])
    assert.deepEqual(second?.slice(-5, -2), ['0.000000002', '0', '1'])
    assert.deepEqual(last?.slice(-5, -2), ['0', '0', '0'])
  })

  test('tells hits and what they saved, and that it is unknown where none of it is known', () => {
    const hits = { hits: 3, calls: 3 }
    assert.equal(cellsOf(reportTable([], [], row({}, { hits: 3, calls: 7, attempts: 5 })))[1]?.[3], '1')
    const [, known, unknown] = cellsOf(
      reportTable(
        ['model'],
        [
          row({ model: 'a' }, { ...hits, saved: 5n, unknownSaved: 1 }),
          row({ model: 'b' }, { ...hits, unknownSaved: 3 }),
        ],
        row({}, {}),
      ),
    )
    assert.deepEqual(known?.slice(-2), ['3', '0.000000005'])
    assert.deepEqual(unknown?.slice(-2), ['3', '?'])
  })

  test('counts everything that was read as tokens in', () => {
    const cached = row({}, { attempts: 1, inputTokens: 5, cacheReadTokens: 70, cacheWriteTokens: 25 })
    assert.deepEqual(cellsOf(reportTable([], [], cached))[1]?.slice(4, 6), ['100', '70'])
  })

  test('says so where something has no name under a key', () => {
    const nobody = row({}, { attempts: 1 })
    assert.equal(cellsOf(reportTable(['team'], [nobody], nobody))[1]?.[0], '(none)')
  })
})

describe('attempts as a table', () => {
  const line: LedgerLine = {
    call: 'c1',
    ordinal: 2,
    at: Date.parse('2026-11-24T13:05:19.301Z'),
    durationMs: 12.7,
    key: 'web',
    model: 'chat',
    target: 'sim/small',
    operation: 'chat',
    stream: false,
    outcome: 'ok',
    usage: { ...noUsage, input: 8, cacheRead: 2, output: 20, source: 'estimated' },
    cost: '8800',
  }

  test('show where their usage is from', () => {
    assert.deepEqual(cellsOf(linesTable([line]))[1], [
      '2026-11-24 13:05:19',
      'web',
      'chat',
      'sim/small',
      'ok',
      '13',
      '10',
      '20',
      'estimated',
      '0.0000088',
      'c1#2',
    ])
  })

  test('show an answer from memory as one that used nothing', () => {
    const { usage: _usage, ...bare } = line
    const cells = cellsOf(linesTable([{ ...bare, ordinal: 0, memory: 'semantic', cost: '0', saved: '5' }]))[1]
    assert.deepEqual(cells?.slice(6), ['0', '0', 'semantic', '0', 'c1#0'])
  })

  test('show what is unknown as unknown, not as nothing', () => {
    const { usage: _usage, cost: _cost, ...bare } = line
    assert.deepEqual(cellsOf(linesTable([bare]))[1]?.slice(6, 10), ['?', '?', 'unknown', '?'])
  })
})

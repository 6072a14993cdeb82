import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AllowanceView } from '../control/control.ts'
import type { Allowance } from '../core/allowance.ts'
import { allowanceView } from '../server/admin/allowance-fields.ts'
import { allowanceJson } from './allowance-json.ts'
import { allowancesTable } from './allowance-table.ts'
import { allowanceFrom } from './budget-words.ts'

const start = Date.parse('2999-11-01T00:00Z')
const end = Date.parse('2999-12-01T00:00Z')
const month = allowanceFrom({ scope: 'team:shop', usd: { amount: 100_000_000_000n }, per: 'month', alert: [80] })
const eachSession = allowanceFrom({ scope: 'session:*', usd: { amount: 500_000_000n }, soft: true, alert: [] })
const rate = allowanceFrom({ scope: 'key:web', requests: { amount: 300n, ms: 60_000 }, model: 'chat' })

const standing = (allowance: Allowance, figures: Partial<AllowanceView['standings'][number]>) => ({
  allowance: allowance.id,
  subject: allowance.scope,
  start: 0,
  end: Number.POSITIVE_INFINITY,
  settled: 0n,
  leased: 0n,
  lost: 0n,
  ...figures,
})

const views: readonly AllowanceView[] = [
  {
    allowance: month,
    isDeclared: true,
    standings: [standing(month, { start, end, settled: 12_345_678_901n, leased: 500_000_000n, lost: 2_000_000n })],
  },
  {
    allowance: eachSession,
    isDeclared: false,
    standings: [
      standing(eachSession, { subject: 'session:a', settled: 700_000_000n }),
      standing(eachSession, { subject: 'session:b', settled: 1n }),
    ],
  },
  { allowance: rate, isDeclared: false, standings: [] },
]

const over: AllowanceView = {
  allowance: month,
  isDeclared: false,
  standings: [standing(month, { start: 1, end: 2, settled: 5n, lost: 5n })],
}

describe('the list of budgets', () => {
  test('has a row for each subject, money exact, and what is left never below nothing', () => {
    const rows = allowancesTable(views)
      .split('\n')
      .map((line) => line.split(/ {2,}/))
    assert.deepEqual(rows, [
      ['ID', 'WHOSE', 'MODEL', 'LIMIT', 'USED', 'AT SERVERS', 'FREE', 'LOST', 'UNTIL (UTC)', 'AT THE LIMIT', 'FROM'],
      [
        'team-shop-usd-month',
        'team:shop',
        '100 USD per month (UTC)',
        '12.345678901',
        '0.5',
        '87.154321099',
        '0.002',
        '2999-12-01 00:00:00',
        'refuse, told at 80%',
        'configuration',
      ],
      ['session-usd-total', 'session:a', '0.5 USD in total', '0.7', '0', '0', 'go on', 'store'],
      ['session-usd-total', 'session:b', '0.5 USD in total', '0.000000001', '0', '0.499999999', 'go on', 'store'],
      ['key-web-requests-1m-chat', 'key:web', 'chat', '300 requests in 1m', '0', '0', '300', 'refuse', 'store'],
    ])
  })

  test('has nothing left of a time that is over', () => {
    assert.match(allowancesTable([over]), / 0 +0\.000000005 {2}1970-01-01 00:00:00 /)
  })

  test('is for programs in the very words of the administrators’ door', () => {
    for (const view of [...views, over]) {
      const shown = JSON.parse(JSON.stringify(allowanceJson(view)))
      assert.deepEqual(allowanceView.parse(shown), shown)
    }
    assert.deepEqual(JSON.parse(JSON.stringify(allowanceJson(views[0] as AllowanceView))), {
      id: 'team-shop-usd-month',
      scope: 'team:shop',
      unit: 'usd',
      limit: '100',
      limitNanos: '100000000000',
      window: { kind: 'calendar', per: 'month', timezone: 'UTC' },
      hard: true,
      onLimit: 'refuse',
      onShort: 'clamp',
      alerts: [80],
      declared: true,
      standings: [
        {
          subject: 'team:shop',
          from: '2999-11-01T00:00:00.000Z',
          to: '2999-12-01T00:00:00.000Z',
          settled: '12.345678901',
          leased: '0.5',
          lost: '0.002',
          free: '87.154321099',
        },
      ],
      subjects: 1,
    })
  })
})

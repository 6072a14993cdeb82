import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { keptUsage } from '../../core/kept-usage.ts'
import type { LedgerLine } from '../../core/ledger-line.ts'
import { noUsage } from '../../core/usage.ts'
import { type AdminRig, startAdminRig } from './rig.ts'

const hourMs = 3_600_000
const noon = Date.UTC(2026, 10, 20, 12)

const line = (more: Partial<LedgerLine>): LedgerLine => ({
  call: 'call-1',
  ordinal: 1,
  last: true,
  at: noon,
  durationMs: 12,
  key: 'web',
  model: 'chat',
  target: 'sim/a',
  operation: 'chat',
  stream: false,
  outcome: 'ok',
  usage: keptUsage({ ...noUsage, input: 100, output: 10 }),
  cost: '1000000001',
  held: '2000000000',
  ...more,
})

const lines: readonly LedgerLine[] = [
  line({ call: 'a', team: 'shop', tags: { feature: 'search' } }),
  line({ call: 'b', team: 'shop', at: noon + hourMs, cost: undefined, held: undefined }),
  line({ call: 'c', team: '=HYPERLINK("http://evil.example","x")', at: noon + hourMs + 1 }),
  line({ call: 'd', team: '+1, "two"', at: noon + 2 * hourMs }),
]

const stretch = 'from=2026-11-20T00:00:00Z&to=2026-11-21T00:00:00Z'

describe('usage over HTTP', () => {
  let rig: AdminRig
  before(async () => {
    rig = await startAdminRig()
    rig.reports.book({ lines: lines.map((each) => `${JSON.stringify(each)}\n`).join(''), count: lines.length })
  })
  after(() => rig[Symbol.asyncDispose]())

  test('sums are exact, and what is unknown is counted, not summed', async () => {
    const told = await rig.ask('GET', `/admin/api/usage?${stretch}&by=team&team=shop`)
    assert.equal(told.status, 200, told.text)
    assert.equal(told.at('rows', 1), undefined)
    const row = told.at('rows', 0)
    assert.deepEqual(row, {
      group: { team: 'shop' },
      attempts: 2,
      calls: 2,
      failed: 0,
      retries: 0,
      inputTokens: 200,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      outputTokens: 20,
      reasoningTokens: 0,
      cost: { usd: '1.000000001', nanos: '1000000001' },
      measuredCost: { usd: '1.000000001', nanos: '1000000001' },
      estimatedCost: { usd: '0', nanos: '0' },
      unknownCost: 1,
      hits: 0,
      saved: { usd: '0', nanos: '0' },
      unknownSaved: 0,
    })
  })

  test('a report goes by up to three keys and tells when it was cut', async () => {
    const told = await rig.ask('GET', `/admin/api/usage?${stretch}&by=team,model,hour&limit=2`)
    assert.equal(told.at('isCut'), true)
    assert.equal(told.at('rows', 2), undefined)
    assert.equal(told.at('from'), '2026-11-20T00:00:00.000Z')
    const whole = await rig.ask('GET', `/admin/api/usage?${stretch}`)
    assert.deepEqual([whole.at('isCut'), whole.at('rows', 0, 'calls')], [false, 4])
  })

  test('as CSV no cell is a formula, and every row has as many cells as the head', async () => {
    const told = await rig.ask('GET', `/admin/api/usage?${stretch}&by=team&format=csv`)
    assert.equal(told.headers.get('content-type'), 'text/csv; charset=utf-8')
    assert.match(told.headers.get('content-disposition') ?? '', /^attachment/)
    assert.equal(told.headers.get('cache-control'), 'no-store')
    const rows = told.text.trimEnd().split('\r\n').toSorted()
    assert.deepEqual(rows, [
      '"\'+1, ""two""",1,1,0,100,0,0,10,0,1.000000001,1.000000001,0,0,0,0,0,0',
      '"\'=HYPERLINK(""http://evil.example"",""x"")",1,1,0,100,0,0,10,0,1.000000001,1.000000001,0,0,0,0,0,0',
      'shop,2,2,0,200,0,0,20,0,1.000000001,1.000000001,0,1,0,0,0,0',
      'team,attempts,calls,failed,input_tokens,cache_read_tokens,cache_write_tokens,output_tokens,reasoning_tokens,cost_usd,measured_cost_usd,estimated_cost_usd,unknown_cost,hits,saved_usd,unknown_saved,retries',
    ])
  })

  for (const query of [
    'by=nothing',
    'by=team,team',
    'by=team,model,key,hour',
    'by=tag,team',
    'from=yesterday',
    'from=2026-11-21T00:00:00Z&to=2026-11-20T00:00:00Z',
    'format=xml',
    'color=red',
    'team=',
    `by=${encodeURIComponent("team'; DROP TABLE x")}`,
  ]) {
    test(`a report is refused for what it is asked: ${query}`, async () => {
      const told = await rig.ask('GET', `/admin/api/usage?${query}`)
      assert.deepEqual([told.status, told.at('error', 'code')], [400, 'invalid_request'], told.text)
    })
  }

  test('lines are walked page by page, newest first, each once, also those of one millisecond', async () => {
    await using fresh = await startAdminRig()
    const many = Array.from({ length: 25 }, (_, at) => line({ call: `call-${at}`, at: noon + Math.floor(at / 10) }))
    fresh.reports.book({ lines: many.map((each) => `${JSON.stringify(each)}\n`).join(''), count: many.length })
    const seen: unknown[] = []
    let cursor = ''
    for (let page = 0; page < 20; page++) {
      const told = await fresh.ask('GET', `/admin/api/lines?${stretch}&limit=4${cursor}`)
      assert.equal(told.status, 200, told.text)
      for (let at = 0; at < 4; at++) seen.push(told.at('data', at, 'call'))
      if (told.at('next') === undefined) break
      cursor = `&cursor=${told.at('next')}`
    }
    const calls = seen.filter((call) => call !== undefined)
    assert.equal(calls.length, 25)
    assert.deepEqual(new Set(calls), new Set(many.map(({ call }) => call)))
  })

  test('a line is shown with money and time for people and programs', async () => {
    const told = await rig.ask('GET', `/admin/api/lines?${stretch}&tag=feature%3Dsearch`)
    assert.equal(told.at('data', 1), undefined)
    assert.equal(told.at('data', 0, 'at'), '2026-11-20T12:00:00.000Z')
    assert.deepEqual(told.at('data', 0, 'cost'), { usd: '1.000000001', nanos: '1000000001' })
    assert.deepEqual(told.at('data', 0, 'held'), { usd: '2', nanos: '2000000000' })
    assert.deepEqual(told.at('data', 0, 'usage'), { ...noUsage, input: 100, output: 10 })
  })

  test('a cursor that was not given out is refused', async () => {
    for (const path of ['lines', 'audit']) {
      const told = await rig.ask('GET', `/admin/api/${path}?cursor=${Buffer.from('1-99999').toString('base64url')}`)
      assert.deepEqual([told.status, told.at('error', 'param')], [400, 'cursor'])
    }
  })

  test('the audit log is walked page by page, newest first', async () => {
    await using fresh = await startAdminRig()
    for (const name of ['a', 'b', 'c']) await fresh.ask('POST', '/admin/api/keys', { body: { name } })
    const first = await fresh.ask('GET', '/admin/api/audit?limit=2')
    assert.deepEqual([first.at('data', 0, 'subject'), first.at('data', 1, 'subject')], ['c', 'b'])
    const second = await fresh.ask('GET', `/admin/api/audit?limit=2&cursor=${first.at('next')}`)
    assert.deepEqual([second.at('data', 0, 'subject'), second.at('next')], ['a', undefined])
    assert.deepEqual([second.at('data', 0, 'actor'), second.at('data', 0, 'action')], ['admin', 'key.create'])
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { LedgerLine } from '../core/ledger-line.ts'
import type { LineQuery, ReportQuery, ReportRow, ReportStore } from '../stores/store.ts'
import { hostileNames } from './control-store-suite.ts'
import { modelReport } from './report-model.ts'
import { randomLines, randomQueries, rememberedLine, sampleLine, sampleStretch } from './report-samples.ts'

/** A report store, and a way to put lines under it. */
export interface OpenedReports {
  readonly reports: ReportStore
  /** Books so many lines in one batch. */
  book(lines: readonly LedgerLine[]): Promise<void>
  close(): Promise<void>
}

type Open = () => Promise<OpenedReports>
type Check = (behaviour: string, body: (opened: OpenedReports) => Promise<void>) => void

const query = (more: Partial<ReportQuery> = {}): ReportQuery => ({
  ...sampleStretch,
  by: [],
  where: {},
  limit: 1000,
  ...more,
})

const search = (more: Partial<LineQuery> = {}): LineQuery => ({ ...sampleStretch, where: {}, limit: 1000, ...more })

const hourMs = 3_600_000

/** What every report store does, checked; `runs`: how many stores with random lines are made. */
export const reportStoreSuite = (name: string, open: Open, runs = 50): void => {
  const check: Check = (behaviour, body) => {
    it(behaviour, async () => {
      const opened = await open()
      try {
        await body(opened)
      } finally {
        await opened.close()
      }
    })
  }
  describe(`${name}: sums`, () => {
    agreement(open, runs)
    sums(check)
  })
  describe(`${name}: groups and filters`, () => groups(check))
  describe(`${name}: single lines`, () => singleLines(check))
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? `${inner}n` : inner))

const sorted = (rows: readonly ReportRow[], { by }: ReportQuery): ReportRow[] => {
  const id = (row: ReportRow): string => text(by.map((key) => row.group[key] ?? null))
  return rows.toSorted((one, other) => (id(one) < id(other) ? -1 : 1))
}

const agreement = (open: Open, numRuns: number): void => {
  it('reports agree with the plain model, whatever the lines, the batches and the question', async () => {
    const histories = fc.tuple(
      fc.array(randomLines, { maxLength: 3 }),
      fc.array(randomQueries, { minLength: 5, maxLength: 8 }),
    )
    await fc.assert(
      fc.asyncProperty(histories, async ([batches, queries]) => {
        const opened = await open()
        try {
          const known: LedgerLine[] = []
          for (const batch of batches) {
            await opened.book(batch)
            known.push(...batch)
            for (const asked of queries)
              assert.deepEqual(
                sorted(await opened.reports.report(asked), asked),
                sorted(modelReport(known, asked), asked),
                text(asked),
              )
          }
        } finally {
          await opened.close()
        }
      }),
      { numRuns },
    )
  })
}

const sums = (check: Check): void => {
  check('nothing booked is no row', async ({ reports }) => {
    assert.deepEqual(await reports.report(query()), [])
    assert.deepEqual(await reports.report(query({ by: ['key'] })), [])
  })

  check('an unknown cost is counted, never zero', async ({ reports, book }) => {
    await book([sampleLine(), sampleLine({ cost: undefined }), sampleLine({ cost: '0' })])
    const [row] = await reports.report(query())
    assert.equal(row?.cost, 1000n)
    assert.equal(row?.unknownCost, 1)
    assert.equal(row?.attempts, 3)
  })

  check('what was measured and what was estimated stay apart', async ({ reports, book }) => {
    const usage = sampleLine().usage as NonNullable<LedgerLine['usage']>
    await book([
      sampleLine({ cost: '100' }),
      sampleLine({ cost: '20', usage: { ...usage, source: 'estimated' } }),
      sampleLine({ cost: '3', usage: { ...usage, source: 'counted' } }),
    ])
    const [row] = await reports.report(query())
    assert.deepEqual([row?.cost, row?.measuredCost, row?.estimatedCost], [123n, 100n, 23n])
  })

  check('a call with several attempts is one call, failed when its last attempt did', async ({ reports, book }) => {
    await book([
      sampleLine({ call: 'a', ordinal: 1, last: undefined, outcome: 'server' }),
      sampleLine({ call: 'a', ordinal: 2 }),
      sampleLine({ call: 'b', outcome: 'cancelled' }),
    ])
    const [row] = await reports.report(query())
    assert.deepEqual([row?.attempts, row?.calls, row?.failed], [3, 2, 1])
  })

  check('an answer from memory is a call without an attempt, and tells what it saved', async ({ reports, book }) => {
    await book([
      sampleLine({ call: 'a', cost: '1000' }),
      rememberedLine({ call: 'b', saved: '1000' }),
      rememberedLine({ call: 'c', memory: 'coalesced', saved: '0' }),
      rememberedLine({ call: 'd', memory: 'semantic', saved: undefined, outcome: 'cancelled' }),
    ])
    const [row] = await reports.report(query())
    assert.deepEqual([row?.attempts, row?.calls, row?.failed], [1, 4, 1])
    assert.deepEqual([row?.hits, row?.saved, row?.unknownSaved], [3, 1000n, 1])
    assert.deepEqual([row?.cost, row?.unknownCost, row?.inputTokens], [1000n, 0, 10])
  })

  check('a group of nothing but answers from memory is there', async ({ reports, book }) => {
    await book([rememberedLine({ key: 'till', tags: { feature: 'search' } })])
    assert.deepEqual((await reports.report(query({ by: ['key'] })))[0]?.group, { key: 'till' })
    assert.equal((await reports.report(query({ by: ['tag'] })))[0]?.hits, 1)
  })

  check('absurd figures spoil no report', async ({ reports, book }) => {
    const usage = sampleLine().usage as NonNullable<LedgerLine['usage']>
    await book([
      sampleLine({ cost: '9'.repeat(40), usage: { ...usage, input: 1e300, output: -5 } }),
      sampleLine({ cost: '-3', usage: { ...usage, input: Number.NaN } }),
      sampleLine({ cost: '7' }),
    ])
    const [row] = await reports.report(query())
    assert.equal(row?.attempts, 3)
    assert.equal(row?.outputTokens, 10)
    assert.equal(row?.unknownCost, 1)
    assert.ok((row?.cost ?? 0n) >= 7n)
  })
}

const groups = (check: Check): void => {
  check('the dearest comes first, then by name, and a limit cuts', async ({ reports, book }) => {
    await book(['b', 'c', 'a', 'd'].map((key) => sampleLine({ key, cost: key === 'd' ? '2' : '1' })))
    const rows = await reports.report(query({ by: ['key'], limit: 3 }))
    assert.deepEqual(
      rows.map(({ group }) => group.key),
      ['d', 'a', 'b'],
    )
  })

  check('a line counts once under each of its tags', async ({ reports, book }) => {
    await book([sampleLine({ tags: { feature: 'search', tier: 'a' } }), sampleLine({ tags: { tier: 'a' }, cost: '5' })])
    const rows = await reports.report(query({ by: ['tag'] }))
    assert.deepEqual(
      rows.map(({ group, cost }) => [group.tag, cost]),
      [
        ['tier=a', 1005n],
        ['feature=search', 1000n],
      ],
    )
    assert.equal((await reports.report(query({ where: { tag: 'tier=a' }, by: ['day'] })))[0]?.attempts, 2)
  })

  check('hours, days and months are named in UTC', async ({ reports, book }) => {
    await book([sampleLine({ at: Date.UTC(2026, 9, 31, 23, 59, 59, 999) }), sampleLine({ at: Date.UTC(2026, 10, 1) })])
    const rows = await reports.report(query({ by: ['month', 'day', 'hour'] }))
    assert.deepEqual(
      rows.map(({ group }) => group),
      [
        { month: '2026-10', day: '2026-10-31', hour: '2026-10-31T23:00Z' },
        { month: '2026-11', day: '2026-11-01', hour: '2026-11-01T00:00Z' },
      ],
    )
    assert.equal((await reports.report(query({ where: { month: '2026-11' } })))[0]?.attempts, 1)
    assert.deepEqual(await reports.report(query({ where: { day: '2026-11-31' } })), [])
  })

  check('any name is only a name', async ({ reports, book }) => {
    const names = hostileNames.filter((name) => name !== '')
    await book(names.map((name) => sampleLine({ key: name, team: name, session: name })))
    for (const name of names) {
      assert.equal((await reports.report(query({ where: { key: name } })))[0]?.attempts, 1, name)
      assert.equal((await reports.report(query({ where: { session: name } })))[0]?.attempts, 1, name)
      assert.equal((await reports.lines(search({ where: { team: name } }))).length, 1, name)
    }
    assert.equal((await reports.report(query({ by: ['key'] }))).length, names.length)
    assert.deepEqual(await reports.report(query({ where: { key: "web' OR '1'='1" } })), [])
  })

  check('what sums cannot tell is refused', async ({ reports }) => {
    const refused = [
      query({ by: ['session', 'key'] }),
      query({ by: ['model'], where: { tag: 'a=b' } }),
      query({ by: ['org', 'team', 'user', 'key'] }),
      query({ by: ['key; DROP TABLE hours' as 'key'] }),
      query({ where: { 'x = 1 --': 'y' } as ReportQuery['where'] }),
      query({ from: Number.NaN }),
      query({ limit: -1 }),
    ]
    for (const asked of refused) await assert.rejects(reports.report(asked), { code: 'invalid_request' })
    await assert.rejects(reports.lines(search({ limit: 0.5 })), { code: 'invalid_request' })
  })
}

const singleLines = (check: Check): void => {
  check('lines come newest first, whichever batch they came in', async ({ reports, book }) => {
    const at = (minute: number): LedgerLine =>
      sampleLine({ call: `m${minute}`, at: sampleStretch.from + minute * 60_000 })
    await book([at(1), at(4), at(7)])
    await book([at(2), at(3), at(9)])
    await book([at(5), at(6)])
    const all = await reports.lines(search())
    assert.deepEqual(
      all.map((found) => JSON.parse(found).call),
      ['m9', 'm7', 'm6', 'm5', 'm4', 'm3', 'm2', 'm1'],
    )
    assert.deepEqual(await reports.lines(search({ limit: 3 })), all.slice(0, 3))
    assert.deepEqual(JSON.parse(all[0] as string), at(9))
  })

  check('every key filters lines, several at once too', async ({ reports, book }) => {
    const whole = { org: 'o', team: 't', user: 'u', endUser: 'e', session: 's', tags: { a: 'b' } }
    await book([sampleLine({ call: 'whole', ...whole }), sampleLine({ call: 'bare', target: 'two/a', key: 'e' })])
    const one = async (where: LineQuery['where']): Promise<string[]> =>
      (await reports.lines(search({ where }))).map((found) => JSON.parse(found).call)
    for (const where of [
      { org: 'o' },
      { end_user: 'e' },
      { session: 's', team: 't' },
      { tag: 'a=b', user: 'u', outcome: 'ok' },
      { provider: 'one', hour: '2026-10-30T07:00Z' },
    ])
      assert.deepEqual(await one(where), ['whole'], JSON.stringify(where))
    assert.deepEqual(await one({ target: 'two/a', model: 'chat' }), ['bare'])
    assert.deepEqual(await one({ session: 's', provider: 'two' }), [])
  })

  check('only the stretch that was asked for is told', async ({ reports, book }) => {
    await book([0, 1, 2].map((hour) => sampleLine({ call: `h${hour}`, at: sampleStretch.from + hour * hourMs })))
    const found = await reports.lines(
      search({ from: sampleStretch.from + hourMs, to: sampleStretch.from + 2 * hourMs }),
    )
    assert.deepEqual(
      found.map((line) => JSON.parse(line).call),
      ['h1'],
    )
  })
}

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CallEntry } from '../core/call-entry.ts'
import type { CallFigures } from '../stores/call-figures.ts'
import type { CallFilter, CallStore, FiguresQuery } from '../stores/call-store.ts'
import { matchesCall } from '../stores/matching-call.ts'
import { addEntries, entriesBegin, manyEntries, sampleAttempt, sampleEntry } from './sample-entries.ts'

/** A store of calls that keeps them for an hour, and how it ends. */
export interface OpenedCalls {
  readonly calls: CallStore
  close(): Promise<void>
}

const minuteMs = 60_000
const all = { from: entriesBegin, to: entriesBegin + 3_600_000 }

const using =
  (open: () => Promise<OpenedCalls>, work: (calls: CallStore) => Promise<void>) => async (): Promise<void> => {
    const { calls, close } = await open()
    try {
      await work(calls)
    } finally {
      await close()
    }
  }

const everyPage = async (calls: CallStore, where: CallFilter, limit: number): Promise<CallEntry[]> => {
  const found: CallEntry[] = []
  let after: string | undefined
  do {
    const page = await calls.list({ ...all, where, after, limit })
    found.push(...page.entries)
    after = page.next
  } while (after !== undefined)
  return found
}

const sum = (entries: readonly CallEntry[], read: (entry: CallEntry) => number): number =>
  entries.reduce((total, entry) => total + read(entry), 0)

const money = (entries: readonly CallEntry[]): bigint =>
  entries.flatMap(({ attempts }) => attempts).reduce((total, { cost = '0' }) => total + BigInt(cost), 0n)

const exact = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.max(0, Math.ceil(share * values.length) - 1)] ?? Number.NaN

const agrees = (figures: CallFigures, entries: readonly CallEntry[]): void => {
  assert.equal(figures.counts.calls, entries.length)
  assert.equal(
    figures.counts.errors,
    sum(entries, ({ outcome }) => (outcome === 'error' ? 1 : 0)),
  )
  assert.equal(
    figures.counts.attempts,
    sum(entries, ({ attempts }) => attempts.length),
  )
  assert.equal(figures.cost, money(entries))
  for (const share of [0.5, 0.95, 0.99]) {
    const wanted = exact(
      entries.map(({ durationMs }) => durationMs),
      share,
    )
    const told = figures.latency.percentile(share) ?? Number.NaN
    assert.ok(Math.abs(told / wanted - 1) < 0.01, `p${share * 100}: ${told} for ${wanted}`)
  }
}

/** What every store of calls does. */
export const callStoreSuite = (name: string, open: () => Promise<OpenedCalls>): void => {
  describe(`${name} of calls`, () => {
    listing(open)
    adding(open)
    forgetting(open)
  })
}

const listing = (open: () => Promise<OpenedCalls>): void => {
  it(
    'gives a call back as it was, and nothing for an id that never was',
    using(open, async (calls) => {
      const entry = sampleEntry({ tags: { a: 'b' }, decisions: { order: ['open/m', 'open/n'] }, purpose: 'check' })
      await addEntries(calls, [entry])
      assert.deepEqual(JSON.parse(JSON.stringify(await calls.find('call-1'))), entry)
      assert.equal(await calls.find('call-2'), undefined)
    }),
  )

  it(
    'gives the newest of an id that came twice',
    using(open, async (calls) => {
      await addEntries(calls, [sampleEntry({ startedAt: entriesBegin + 5 }), sampleEntry({ model: 'old' })])
      assert.equal((await calls.find('call-1'))?.model, 'chat')
    }),
  )

  it(
    'lists newest first, each once, also those of one moment, page by page',
    using(open, async (calls) => {
      const entries = manyEntries(300)
      const twins = entries.map((entry, index) => (index % 3 === 0 ? { ...entry, startedAt: entriesBegin + 7 } : entry))
      await addEntries(calls, twins)
      const listed = await everyPage(calls, {}, 37)
      assert.equal(new Set(listed.map(({ id }) => id)).size, 300)
      const times = listed.map(({ startedAt }) => startedAt)
      assert.deepEqual(
        times,
        times.toSorted((one, other) => other - one),
      )
    }),
  )

  it(
    'keeps to what is asked for',
    using(open, async (calls) => {
      const mirrored = sampleEntry({ id: 'copy', purpose: 'mirror', parent: 'call-1-3', user: 'ada', prompt: 'p' })
      const entries = [...manyEntries(200), mirrored]
      await addEntries(calls, entries)
      const filters: CallFilter[] = [
        { model: 'code' },
        { target: 'open/n' },
        { provider: 'other' },
        { key: 'app', team: 'lab' },
        { endUser: 'user-7' },
        { tag: 'feature=search', outcome: 'error' },
        { error: 'upstream_failed', key: 'web' },
        { minDurationMs: 500 },
        { parent: 'call-1-3' },
        { prompt: 'p', purpose: 'mirror', user: 'ada' },
        { session: 'none' },
        { provider: 'ope' },
        { tag: 'feature' },
      ]
      for (const where of filters) {
        const wanted = entries.filter((entry) => matchesCall(entry, where)).map(({ id }) => id)
        const found = (await everyPage(calls, where, 20)).map(({ id }) => id)
        assert.deepEqual(found.toSorted(), wanted.toSorted(), JSON.stringify(where))
      }
      const { entries: early } = await calls.list({ ...all, to: entriesBegin + minuteMs, where: {}, limit: 500 })
      assert.equal(early.length, entries.filter(({ startedAt }) => startedAt < entriesBegin + minuteMs).length)
      await assert.rejects(async () => calls.list({ ...all, where: {}, after: 'nonsense', limit: 1 }), {
        code: 'invalid_request',
      })
    }),
  )
}

const adding = (open: () => Promise<OpenedCalls>): void => {
  const query = (more: Partial<FiguresQuery> = {}): FiguresQuery => ({ ...all, step: 'minute', where: {}, ...more })

  it(
    'adds up what came in many batches, in whatever order, the same by minute, hour and day',
    using(open, async (calls) => {
      const entries = manyEntries(1_000, { minutes: 50 })
      for (let from = 0; from < entries.length; from += 90) await addEntries(calls, entries.slice(from, from + 90))
      for (const step of ['minute', 'hour', 'day'] as const)
        agrees((await calls.figures(query({ step }))).total, entries)
      const { points } = await calls.figures(query())
      assert.equal(points.length, 50)
      for (const { at, figures } of points)
        agrees(
          figures,
          entries.filter(({ startedAt }) => startedAt >= at && startedAt < at + minuteMs),
        )
    }),
  )

  it(
    'adds up by model and by target, and keeps to what is asked for',
    using(open, async (calls) => {
      const entries = manyEntries(400)
      await addEntries(calls, entries)
      const { models, targets } = await calls.figures(query())
      for (const { name, figures } of models)
        agrees(
          figures,
          entries.filter(({ model }) => model === name),
        )
      const tried = entries.flatMap(({ attempts }) => attempts)
      for (const { name, figures } of targets)
        assert.equal(figures.counts.attempts, tried.filter(({ target }) => target === name).length)
      const narrow = await calls.figures(query({ where: { key: 'web', team: 'shop', model: 'chat' } }))
      agrees(
        narrow.total,
        entries.filter((entry) => matchesCall(entry, { key: 'web', team: 'shop', model: 'chat' })),
      )
    }),
  )

  it(
    'counts what the gateway asked for itself by its attempts and its money alone',
    using(open, async (calls) => {
      await addEntries(calls, [
        sampleEntry({ purpose: 'mirror' }),
        sampleEntry({ attempts: [sampleAttempt({ isUnsent: true })] }),
      ])
      const { total } = await calls.figures(query())
      assert.deepEqual([total.counts.calls, total.counts.attempts, total.cost], [1, 1, 1_000_000_001n])
    }),
  )

  it(
    'gives nothing, and no percentile, of a stretch in which nothing was asked',
    using(open, async (calls) => {
      const { total, points } = await calls.figures(query())
      assert.deepEqual([total.counts.calls, points, total.latency.percentile(0.5)], [0, [], undefined])
    }),
  )
}

const forgetting = (open: () => Promise<OpenedCalls>): void => {
  it(
    'takes old calls away, and keeps what they add up to for longer',
    using(open, async (calls) => {
      await addEntries(calls, [
        sampleEntry({ id: 'old' }),
        sampleEntry({ id: 'new', startedAt: entriesBegin + 3_000_000 }),
      ])
      for (let isMore = true; isMore; ) isMore = await calls.retain(entriesBegin + 4_000_000)
      assert.equal(await calls.find('old'), undefined)
      assert.equal((await calls.find('new'))?.id, 'new')
      const figures = async (step: FiguresQuery['step']) =>
        (await calls.figures({ ...all, step, where: {} })).total.counts.calls
      assert.equal(await figures('minute'), 2)
      for (let isMore = true; isMore; ) isMore = await calls.retain(entriesBegin + 10 * 86_400_000)
      assert.equal(await figures('minute'), 0)
      assert.equal(await figures('day'), 2)
    }),
  )
}

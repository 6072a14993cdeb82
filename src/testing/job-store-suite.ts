import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { Job } from '../core/job.ts'
import type { JobQuery, Submitted } from '../stores/job-store.ts'
import { hostileNames } from './control-store-suite.ts'
import { holds } from './job-store-suite-holds.ts'
import { holdModel } from './job-store-suite-holds-model.ts'
import { jobModel } from './job-store-suite-model.ts'
import {
  checkerOf,
  claim,
  claimOne,
  dayMs,
  ends,
  finish,
  found,
  idsOf,
  type JobCheck,
  type JobsOfProcess,
  minuteMs,
  type OpenedJobs,
  orderOf,
  submit,
  submitOne,
  textOf,
  there,
} from './job-store-suite-parts.ts'
import { turns } from './job-store-suite-turns.ts'
import { upkeep } from './job-store-suite-upkeep.ts'
import { work } from './job-store-suite-work.ts'

/** What every store of jobs does, checked. */
export const jobStoreSuite = (name: string, open: () => Promise<OpenedJobs>): void => {
  const check = checkerOf(open)
  describe(`${name}: jobs that are submitted`, () => submitting(check))
  describe(`${name}: jobs that are looked at`, () => looking(check))
  describe(`${name}: jobs that are cancelled and asked again`, () => ending(check))
  describe(`${name}: turns of jobs`, () => turns(check))
  describe(`${name}: jobs that are worked at`, () => work(check))
  describe(`${name}: jobs that are looked after`, () => upkeep(check))
  describe(`${name}: money that is set aside for jobs`, () => holds(check))
  describe(`${name}: jobs, against a model`, () => jobModel(check))
  describe(`${name}: money of jobs, against a model`, () => holdModel(check))
}

const keyed = (name: string, asked = 'a question', keepMs = dayMs) => ({
  order: orderOf(),
  key: { name, asked, keepMs },
})

const idOf = (submitted: Submitted | undefined): string =>
  submitted && 'job' in submitted ? submitted.job.id : assert.fail(`it is ${submitted?.kind}`)

const submitting = (check: JobCheck): void => {
  check('are there for every process as they were submitted, and wait', async ({ one, other, now }) => {
    const order = orderOf({
      owner: 'key:a',
      priority: 'low',
      weight: 2.5,
      deadlineAt: now() + dayMs,
      webhook: 'billing',
      metadata: '{"a":"b"}',
      retryOf: 'job_before',
    })
    const [submitted] = await one.jobs.submit([{ order, key: undefined }])
    assert.equal(submitted?.kind, 'made')
    const job = await found(other, order.id)
    const { body: _body, headers: _headers, keepMs: _keepMs, runAt: _runAt, ...asked } = order
    assert.deepEqual({ ...job, ...asked }, job)
    assert.equal(job.state, 'queued')
    assert.deepEqual([job.attempts, job.crashes, job.costNanos, job.unknownCosts], [0, 0, 0n, 0])
    assert.ok(Math.abs(job.createdAt - now()) < minuteMs)
    assert.equal(job.runAt, job.createdAt)
    const { order: kept } = there(await other.jobs.details(order.id))
    assert.deepEqual(
      { ...kept, body: textOf(kept?.body) },
      { ...order, runAt: job.createdAt, body: textOf(order.body) },
    )
  })

  check('keep bytes of any kind, and names of files', async ({ one, other }) => {
    for (const size of [0, 1, 65_537]) {
      const bytes = Uint8Array.from({ length: size }, (_, index) => (index * 31 + size) & 255)
      const id = await submitOne(one, { body: { bytes } })
      const body = (await other.jobs.details(id))?.order?.body
      assert.ok(body && 'bytes' in body && Buffer.compare(bytes, body.bytes) === 0)
    }
    const id = await submitOne(one, { body: { file: 'file-1', size: 7 } })
    assert.deepEqual((await other.jobs.details(id))?.order?.body, { file: 'file-1', size: 7 })
  })

  check('bear any text', async ({ one, other }) => {
    for (const text of hostileNames) {
      const id = await submitOne(one, { owner: text, caller: text, model: text, metadata: text, headers: { a: text } })
      const job = await found(other, id)
      assert.deepEqual([job.owner, job.caller, job.model, job.metadata], [text, text, text, text])
      assert.deepEqual(
        (await one.jobs.list({ owner: text, limit: 9 })).map((each) => each.id),
        [id],
      )
    }
  })

  check('are one job under one key, for all who submit at once', async ({ one, other }) => {
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? one : other).jobs.submit([keyed('k'), keyed('k')])),
    )
    const [made, ...more] = all.flat().filter(({ kind }) => kind === 'made')
    assert.equal(more.length, 0)
    assert.equal(new Set(all.flat().map(idOf)).size, 1)
    assert.equal((await one.jobs.counts()).queued, 1)
    assert.equal((await found(one, idOf(made))).state, 'queued')
  })

  check('are refused under a key that something else was asked under', async ({ one, other }) => {
    await one.jobs.submit([keyed('k')])
    const [told, made] = await other.jobs.submit([keyed('k', 'something else'), keyed('another')])
    assert.deepEqual([told?.kind, made?.kind], ['mismatch', 'made'])
  })

  check(
    'are known under their key after their end, with their result, until the key is over',
    async ({ one, pass }) => {
      const [first] = await one.jobs.submit([keyed('k', 'a question', 2 * minuteMs)])
      await finish(one, await claimOne(one))
      const [known] = await one.jobs.submit([keyed('k')])
      assert.ok(known?.kind === 'known' && known.job.id === idOf(first))
      assert.equal(textOf(known.job.result?.body), 'the answer')
      pass(3 * minuteMs)
      const [anew] = await one.jobs.submit([keyed('k', 'something else')])
      assert.equal(anew?.kind, 'made')
    },
  )
}

const listed = async ({ jobs }: JobsOfProcess, query: Partial<JobQuery> = {}): Promise<string[]> =>
  (await jobs.list({ limit: 100, ...query })).map(({ id }) => id)

const looking = (check: JobCheck): void => {
  check('are seen by their owner, and by who asks for no owner', async ({ one }) => {
    const id = await submitOne(one, { owner: 'team:a' })
    assert.equal((await one.jobs.find(id, 'team:a'))?.id, id)
    assert.equal((await one.jobs.find(id))?.id, id)
    assert.equal(await one.jobs.find(id, 'team:b'), undefined)
    assert.deepEqual(await listed(one, { owner: 'team:b' }), [])
    assert.equal(await one.jobs.cancel(id, 'team:b'), undefined)
    assert.equal((await found(one, id)).state, 'queued')
  })

  check('are listed newest first, page by page', async ({ one, other }) => {
    const ids = await submit(one, ...Array.from({ length: 25 }, () => ({})))
    const seen: string[] = []
    for (let after: string | undefined; ; after = seen.at(-1)) {
      const page = await other.jobs.list({ limit: 10, after })
      seen.push(...page.map(({ id }) => id))
      if (page.length < 10) break
    }
    assert.deepEqual(seen, ids.toReversed())
    assert.deepEqual(await listed(one, { after: 'job_unknown' }), [])
  })

  check('are found by what they are', async ({ one, pass, now }) => {
    const start = now()
    const [a, b, c] = await submit(one, { owner: 'team:a' }, { model: 'slow' }, { endpoint: '/v1/embeddings' })
    pass(minuteMs)
    const later = now()
    pass(minuteMs)
    const [d, e, f] = await submit(one, {}, { runAt: now() + dayMs }, {})
    await one.jobs.cancel(there(d))
    const claimed = await claim(one, 2)
    await finish(one, there(claimed[0]), ends.exhausted)
    const [failed, running] = idsOf(claimed)
    const waiting = [f, e, c, b, a].filter((id) => id !== failed && id !== running)
    assert.deepEqual(await listed(one, { owner: 'team:a' }), [a])
    assert.deepEqual(await listed(one, { model: 'slow' }), [b])
    assert.deepEqual(await listed(one, { endpoint: '/v1/embeddings' }), [c])
    assert.deepEqual(await listed(one, { states: ['cancelled'] }), [d])
    assert.deepEqual(await listed(one, { states: ['running'] }), [running])
    assert.deepEqual(await listed(one, { states: ['queued'] }), waiting)
    assert.deepEqual(
      await listed(one, { states: ['failed', 'cancelled'], owner: 'team:a' }),
      [failed].filter((id) => id === a),
    )
    assert.deepEqual(await listed(one, { states: [] }), [])
    assert.deepEqual(await listed(one, { isDead: true }), [failed])
    assert.equal((await listed(one, { isDead: false })).length, 5)
    assert.deepEqual(await listed(one, { from: later }), [f, e, d])
    assert.deepEqual(await listed(one, { from: start - minuteMs, to: later }), [c, b, a])
    assert.deepEqual(await listed(one, { limit: 0 }), [])
  })

  check('are counted', async ({ one, other, pass, now }) => {
    await submit(one, {}, {}, {}, {}, { runAt: now() + dayMs })
    await finish(one, await claimOne(one), ends.exhausted)
    await claimOne(one)
    pass(minuteMs)
    const counts = await other.jobs.counts()
    assert.deepEqual({ ...counts, oldestMs: 0 }, { queued: 3, scheduled: 1, running: 1, dead: 1, oldestMs: 0 })
    assert.ok(counts.oldestMs >= minuteMs && counts.oldestMs < minuteMs + 30_000)
  })

  check('are told how many begin before them', async ({ one }) => {
    const ids = await submit(
      one,
      { owner: 'a' },
      { owner: 'a' },
      { owner: 'a' },
      { owner: 'b' },
      { owner: 'b', priority: 'high' },
    )
    const positions = await Promise.all(ids.map(async (id) => (await one.jobs.details(id))?.position))
    assert.deepEqual(positions.toSpliced(0, 2), [4, 1, 0])
    assert.deepEqual(idsOf(await claim(one, 5)).at(-1), ids[2])
    assert.equal((await one.jobs.details(ids[2] ?? ''))?.position, undefined)
    assert.equal(await one.jobs.details('job_unknown'), undefined)
  })
}

const cancel = async ({ jobs }: JobsOfProcess, id: string): Promise<Job> => there(await jobs.cancel(id))

const ending = (check: JobCheck): void => {
  check('end at once while they wait, for their turn or their time', async ({ one, other, now }) => {
    for (const runAt of [0, now() + dayMs]) {
      const id = await submitOne(one, { runAt })
      const job = await cancel(other, id)
      assert.deepEqual([job.state, job.isStopping, job.error], ['cancelled', false, undefined])
      assert.ok(job.endedAt !== undefined && job.expiresAt === job.endedAt + dayMs)
      assert.deepEqual(await cancel(one, id), job)
      assert.deepEqual(await claim(one, 9), [])
    }
  })

  check('are asked to stop while they run, and are cancelled whatever comes of them', async ({ one, other }) => {
    for (const end of Object.values(ends)) {
      const id = await submitOne(one)
      const claimed = await claimOne(one)
      const asked = await cancel(other, id)
      assert.deepEqual([asked.state, asked.isStopping], ['running', true])
      assert.ok(asked.version > claimed.job.version)
      assert.deepEqual((await one.jobWork.beat([claimed.fence], minuteMs)).stopping, [claimed.fence])
      assert.equal(await finish(one, claimed, end), true)
      const job = await found(other, id)
      assert.deepEqual([job.state, job.costNanos, job.result], ['cancelled', 5n, undefined])
    }
  })

  check('stay as they ended', async ({ one, other }) => {
    const id = await submitOne(one)
    await finish(one, await claimOne(one))
    const job = await found(one, id)
    assert.deepEqual(await cancel(other, id), job)
    assert.deepEqual(await found(one, id), job)
  })

  check('are asked again once, as a dead letter', async ({ one, other }) => {
    const [fine, dead] = await submit(one, {}, {})
    await finish(one, await claimOne(one))
    await finish(one, await claimOne(one), ends.exhausted)
    assert.equal(await one.jobs.redriven(there(fine), 'job_new'), false)
    assert.equal(await one.jobs.redriven('job_unknown', 'job_new'), false)
    assert.equal(await one.jobs.redriven(there(dead), 'job_new'), true)
    assert.equal(await other.jobs.redriven(there(dead), 'job_newer'), false)
    assert.equal((await found(other, there(dead))).redrivenAs, 'job_new')
    assert.deepEqual(await listed(one, { isDead: true }), [])
    assert.equal((await one.jobs.counts()).dead, 0)
  })
}

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseConfig } from '../../config/load.ts'
import type { JobView } from '../../jobs/jobs.ts'
import type { Step } from '../../testing/index.ts'
import { answered, chat, rigConfig, startJobRig, textOf } from './rig.ts'

const refusing = (status: number, headers: Step['headers'] = {}): Step => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({ error: { message: 'No.', type: 'x', param: null, code: null } }),
})

const outcomesOf = ({ attempts }: JobView): unknown => attempts.map(({ outcome }) => outcome)

describe('a job that fails', () => {
  it('is tried again after what may pass, and succeeds', async () => {
    await using rig = await startJobRig()
    rig.upstream.script(refusing(503), { hangUp: 'reset' })
    const view = await rig.ended(await rig.submit())
    assert.equal(view.job.state, 'succeeded')
    assert.deepEqual(outcomesOf(view), ['failed', 'failed', 'succeeded'])
    assert.equal(view.job.error, undefined)
    assert.equal(rig.upstream.journal.length, 3)
    assert.equal(new Set(view.attempts.map(({ call }) => call)).size, 3)
  })

  it('is a dead letter after its last attempt, with the refusal in the words of its caller', async () => {
    await using rig = await startJobRig()
    rig.upstream.always(refusing(503))
    const view = await rig.ended(await rig.submit())
    assert.equal(view.job.state, 'failed')
    assert.equal(view.job.dead, 'exhausted')
    assert.deepEqual(outcomesOf(view), ['failed', 'failed', 'failed'])
    const live = await rig.live(chat())
    assert.equal(view.job.result?.status, live.status)
    assert.equal(
      JSON.parse(textOf(view)).error.code,
      (JSON.parse(await live.text()) as { error: { code: string } }).error.code,
    )
  })

  it('is not tried again for what the caller did wrong', async () => {
    await using rig = await startJobRig()
    rig.upstream.always(refusing(400))
    const view = await rig.ended(await rig.submit())
    assert.equal(view.job.state, 'failed')
    assert.equal(view.job.dead, undefined)
    assert.deepEqual(outcomesOf(view), ['failed'])
    assert.equal(view.job.error?.code, 'upstream_rejected')
  })

  it('is refused before any attempt at an upstream when its body cannot be read', async () => {
    await using rig = await startJobRig()
    const view = await rig.ended(await rig.submit({ body: { model: 'chat', messages: 'none' } }))
    assert.equal(view.job.error?.code, 'invalid_request')
    assert.equal(view.job.result?.status, 400)
    assert.match(textOf(view), /messages/)
    assert.equal(view.job.costNanos, 0n)
    assert.equal(rig.upstream.journal.length, 0)
  })

  it('does not take a stream that breaks off for a success', async () => {
    await using rig = await startJobRig()
    rig.upstream.script((request) => ({ ...answered('one two three')(request), cut: { atByte: 150, by: 'reset' } }))
    const view = await rig.ended(await rig.submit({ body: chat('Hello.', { stream: true }) }))
    assert.deepEqual(outcomesOf(view), ['failed', 'succeeded'])
    assert.match(textOf(view), /\[DONE\]/)
    assert.equal(view.job.state, 'succeeded')
  })

  it('waits as long as the upstream asks before it is tried again', async () => {
    await using rig = await startJobRig()
    rig.upstream.script(refusing(429, { 'retry-after': '1' }))
    const { attempts } = await rig.ended(await rig.submit())
    const [first, second] = attempts
    assert.equal(second?.outcome, 'succeeded')
    const pause = (second?.startedAt ?? 0) - (first?.endedAt ?? 0)
    assert.ok(pause >= 990 && pause < 2_000, `${pause} ms`)
  })

  it('is asked again as a new job, and twice is once', async () => {
    await using rig = await startJobRig()
    rig.upstream.script(refusing(400))
    const { job } = await rig.ended(await rig.submit())
    const again = await rig.runtime.jobs.retry(job.id)
    assert.equal(again.retryOf, job.id)
    assert.equal((await rig.runtime.jobs.retry(job.id)).id, again.id)
    const view = await rig.ended(again)
    assert.equal(view.job.state, 'succeeded')
    assert.equal((await rig.ended(job)).job.state, 'failed')
    await assert.rejects(rig.runtime.jobs.retry(again.id), { code: 'conflict' })
  })

  it('tells of a dead letter what it was asked again as', async () => {
    await using rig = await startJobRig()
    rig.upstream.script(refusing(503), refusing(503), refusing(503))
    const { job } = await rig.ended(await rig.submit())
    assert.equal((await rig.runtime.jobs.counts()).dead, 1)
    const again = await rig.runtime.jobs.retry(job.id)
    assert.equal((await rig.runtime.jobs.find(job.id)).job.redrivenAs, again.id)
    assert.equal((await rig.runtime.jobs.counts()).dead, 0)
    assert.equal((await rig.ended(again)).job.state, 'succeeded')
  })

  it('fails with the words of a budget that is used up, and can be asked again when there is more', async () => {
    const budget = (usd: number) => ({ budgets: [{ scope: 'key:anonymous', usd, per: 'total' as const }] })
    await using rig = await startJobRig({ config: budget(0.00007), workers: 0 })
    const jobs = [await rig.submit(), await rig.submit()]
    rig.runtime.work(1)
    const views = await Promise.all(jobs.map((job) => rig.ended(job)))
    const failed = views.find(({ job }) => job.state === 'failed')
    assert.ok(failed, JSON.stringify(views.map(({ job }) => job.state)))
    assert.equal(failed.job.error?.code, 'budget_exhausted')
    assert.equal(failed.job.result?.status, 402)
    assert.equal(failed.job.dead, undefined)
    const more = await parseConfig({ ...rigConfig(rig.upstream.url), ...budget(1) }, {})
    rig.runtime.replace(more)
    const again = await rig.ended(await rig.runtime.jobs.retry(failed.job.id))
    assert.equal(again.job.state, 'succeeded')
  })
})

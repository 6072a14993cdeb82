import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ConfigInput } from '../../config/schema.ts'
import { chat, startJobRig } from './rig.ts'

const keys = [
  { name: 'web', key: 'sk-web-key-1', team: 'shop', priority: 'high' as const, weight: 3 },
  { name: 'bot', key: 'sk-bot-key-1', models: ['other'] },
  { name: 'old', key: 'sk-old-key-1' },
]
const config: ConfigInput = {
  keys,
  models: { chat: { targets: ['up/gpt-test'] }, other: { targets: ['up/gpt-other'] } },
}

const callerOf = (rig: Awaited<ReturnType<typeof startJobRig>>, name: string) =>
  rig.runtime.authenticate(keys.find((key) => key.name === name)?.key)

describe('whom a job is done for', () => {
  it('is who submitted it, with the end user, the session and the tags of then', async () => {
    await using rig = await startJobRig({ config })
    const caller = { ...callerOf(rig, 'web'), endUser: 'u-1', session: 's-1', tags: { feature: 'mail' } }
    const { job } = await rig.ended(await rig.submit({ headers: { 'x-tollgate-tags': 'feature=mail' } }, caller))
    assert.equal(job.owner, 'team:shop')
    assert.equal(job.weight, 3)
    const [record] = rig.records
    assert.equal(record?.caller.key, 'web')
    assert.equal(record?.caller.endUser, 'u-1')
    assert.equal(record?.caller.session, 's-1')
    assert.deepEqual({ ...record?.caller.tags }, { feature: 'mail' })
  })

  it('is nobody any more when its key is gone, and then it fails', async () => {
    await using rig = await startJobRig({ config, workers: 0 })
    const job = await rig.submit({}, callerOf(rig, 'old'))
    rig.runtime.replace({ ...rig.runtime.config, keys: rig.runtime.config.keys.filter(({ name }) => name !== 'old') })
    rig.runtime.work(1)
    const view = await rig.ended(job)
    assert.equal(view.job.error?.code, 'unauthenticated')
    assert.equal(view.job.state, 'failed')
    assert.equal(rig.upstream.journal.length, 0)
  })

  it('may be more urgent only as far as its key is', async () => {
    await using rig = await startJobRig({ config, workers: 0 })
    const urgent = await rig.submit({ priority: 'high' }, callerOf(rig, 'web'))
    const wishful = await rig.submit({ priority: 'high' }, callerOf(rig, 'old'))
    const modest = await rig.submit({ headers: { 'x-tollgate-priority': 'low' } }, callerOf(rig, 'old'))
    assert.deepEqual([urgent.priority, wishful.priority, modest.priority], ['high', 'normal', 'low'])
  })
})

describe('what is refused at once', () => {
  it('is a model that the key may not use, a door that is none, and one that answers nothing later', async () => {
    await using rig = await startJobRig({ config, workers: 0 })
    await assert.rejects(rig.submit({}, callerOf(rig, 'bot')), { code: 'unknown_model' })
    await assert.rejects(rig.submit({ model: 'none' }, callerOf(rig, 'web')), { code: 'unknown_model' })
    await assert.rejects(rig.submit({ endpoint: '/v1/none' }, callerOf(rig, 'web')), { code: 'not_found' })
    await assert.rejects(rig.submit({ endpoint: '/v1/models' }, callerOf(rig, 'web')), { code: 'method_not_allowed' })
    assert.equal((await rig.runtime.jobs.counts()).queued, 0)
  })

  it('is another question under the key of the first; the same one is the same job', async () => {
    await using rig = await startJobRig()
    const first = await rig.submit({ idempotencyKey: 'k-1' })
    assert.equal((await rig.submit({ idempotencyKey: 'k-1' })).id, first.id)
    await assert.rejects(rig.submit({ idempotencyKey: 'k-1', body: chat('Another.') }), {
      code: 'idempotency_mismatch',
    })
    await rig.ended(first)
    assert.equal(rig.upstream.journal.length, 1)
  })

  it('keeps no credential of the request, and no key of it for the call', async () => {
    await using rig = await startJobRig({ workers: 0 })
    const headers = {
      Authorization: 'Bearer sk-secret',
      'X-Api-Key': 'sk-secret',
      cookie: 'a=b',
      'Idempotency-Key': 'k',
      'anthropic-beta': 'x-1',
    }
    const { id } = await rig.submit({ headers })
    rig.runtime.work(1)
    await rig.ended({ id })
    assert.equal(rig.records[0]?.notes.idempotency, undefined)
    const asked = JSON.stringify(rig.upstream.journal[0]?.headers)
    assert.doesNotMatch(asked, /sk-secret|a=b/)
  })
})

describe('the way to a worker that has nothing to do', () => {
  it('takes 20 ms at most, however busy the machine is with other tests', async () => {
    await using rig = await startJobRig({ workers: 4 })
    await rig.ended(await rig.submit())
    const waits: number[] = []
    for (let turn = 0; turn < 40; turn++) {
      const { job } = await rig.ended(await rig.submit())
      waits.push((job.startedAt ?? Number.NaN) - job.createdAt)
    }
    waits.sort((one, other) => one - other)
    const middle = waits[waits.length / 2] ?? Number.NaN
    assert.ok(middle <= 20, `${middle} ms`)
  })
})

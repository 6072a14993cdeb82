import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openaiText } from '../../testing/index.ts'
import { adminTokens, asKey, chat, type DoorRig, keys, startDoorRig } from './door-rig.ts'
import { errorIn, type JobJson, jobIn } from './job-json.ts'

const endpoint = '/v1/chat/completions'

interface AdminJob {
  readonly id: string
  readonly owner: string
  readonly key: string
  readonly state: string
  readonly dead?: string
  readonly redrivenAs?: string
  readonly retryOf?: string
  readonly log: readonly { readonly worker: string; readonly outcome: string }[]
}

describe('jobs as administrators see them', () => {
  let rig: DoorRig
  before(async () => {
    rig = await startDoorRig({ config: { jobs: { maxAttempts: 1 }, retry: { attempts: 1, sameTarget: 0 } } })
  })
  after(() => rig[Symbol.asyncDispose]())

  const ask = async <T>(path: string, body?: unknown, token: string = adminTokens.write, status = 200): Promise<T> => {
    const answer = await (body === undefined
      ? rig.ask(`/admin/api/jobs${path}`, { headers: asKey(token) })
      : rig.post(`/admin/api/jobs${path}`, body, asKey(token)))
    const text = await answer.text()
    assert.equal(answer.status, status, text)
    return JSON.parse(text) as T
  }
  const submit = async (key: string = keys.web, more: object = {}): Promise<JobJson> =>
    jobIn(await rig.post('/v1/jobs', { endpoint, body: chat('secret words'), ...more }, asKey(key)), 202)
  const ended = async (id: string, key: string = keys.web): Promise<JobJson> =>
    jobIn(await rig.ask(`/v1/jobs/${id}`, { headers: { ...asKey(key), prefer: 'wait=10' } }))
  type Page = { readonly data: readonly AdminJob[]; readonly next?: string }

  test('are those of everybody, without what was asked and answered', async () => {
    const mine = await submit()
    const theirs = await submit(keys.other, { run_at: Math.floor(Date.now() / 1_000) + 86_400 })
    const { data } = await ask<Page>('')
    assert.deepEqual(
      data.map(({ id, owner, key }) => [id, owner, key]),
      [
        [theirs.id, 'key:other', 'other'],
        [mine.id, 'team:shop', 'web'],
      ],
    )
    assert.ok(!JSON.stringify(data).includes('secret words'))
    assert.partialDeepStrictEqual(await ask('/counts'), { queued: 2, scheduled: 1, running: 0, dead: 0 })
    const first = await ask<Page>('?limit=1')
    assert.equal((await ask<Page>(`?limit=1&cursor=${first.next}`)).data[0]?.id, mine.id)
    for (const [query, count] of [
      ['owner=team:shop', 1],
      ['model=chat', 2],
      ['state=running', 0],
      ['dead=true', 0],
    ] as const)
      assert.equal((await ask<Page>(`?${query}`)).data.length, count, query)
    await ask('?state=done', undefined, adminTokens.write, 400)
  })

  test('are cancelled, and it is written down by whom', async () => {
    const { id } = await submit()
    assert.equal((await ask<AdminJob>(`/${id}/cancel`, {})).state, 'cancelled')
    assert.equal((await ended(id)).status, 'cancelled')
    const audit = await rig.ask('/admin/api/audit?limit=1', { headers: asKey(adminTokens.write) })
    const { data } = (await audit.json()) as { data: readonly object[] }
    assert.partialDeepStrictEqual(data[0], {
      actor: 'admin',
      action: 'job.cancel',
      detail: { job: id, owner: 'team:shop' },
    })
  })

  test('change nothing for whoever may only look', async () => {
    const { id } = await submit()
    for (const path of [`/${id}/cancel`, `/${id}/retry`, '/redrive'])
      await ask(path, path === '/redrive' ? { ids: [id] } : {}, adminTokens.read, 403)
    assert.equal((await ask<AdminJob>(`/${id}`, undefined, adminTokens.read)).state, 'queued')
    await ask('', undefined, keys.web, 401)
    await ask('/job_nonesuch', undefined, adminTokens.read, 404)
    await ask('/job_nonesuch/cancel', {}, adminTokens.write, 404)
  })

  test('that are dead letters are asked again, each once', async () => {
    rig.upstream.always({ status: 500 })
    rig.work()
    const dead = [await submit(), await submit(keys.other), await submit(keys.other)]
    for (const [index, { id }] of dead.entries())
      assert.equal((await ended(id, index === 0 ? keys.web : keys.other)).status, 'failed')
    rig.upstream.always(openaiText('Well.', {}))
    const ids = dead.map(({ id }) => id)
    const all = await ask<Page>('?dead=true')
    assert.ok(ids.every((id) => all.data.some((job) => job.id === id && job.dead === 'exhausted')))
    for (const body of [{}, { all: true, owner: 'key:other' }, { ids, all: true }, { ids: [] }])
      await ask('/redrive', body, adminTokens.write, 400)
    type Redriven = { readonly jobs: readonly { id: string; as: string }[]; readonly failed: readonly { id: string }[] }
    const theirs = await ask<Redriven>('/redrive', { owner: 'key:other' })
    assert.deepEqual(theirs.jobs.map(({ id }) => id).toSorted(), ids.slice(1).toSorted())
    const { as = '' } = theirs.jobs[0] ?? {}
    assert.equal((await ended(as, keys.other)).status, 'succeeded')
    assert.equal((await ask<AdminJob>(`/${theirs.jobs[0]?.id}`)).redrivenAs, as)
    assert.equal((await ask<Redriven>('/redrive', { owner: 'key:other' })).jobs.length, 0)
    const mine = await ask<Redriven>('/redrive', { ids: [ids[0], 'job_nonesuch'] })
    assert.deepEqual([mine.jobs[0]?.id, mine.failed[0]?.id], [ids[0], 'job_nonesuch'])
    const again = await ask<AdminJob>(`/${mine.jobs[0]?.as}`)
    assert.equal(again.retryOf, ids[0])
    await errorIn(await rig.post(`/admin/api/jobs/${as}/retry`, {}, asKey(adminTokens.write)), 409)
  })
})

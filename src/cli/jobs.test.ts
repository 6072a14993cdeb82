import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSqliteStore } from '../stores/sqlite/index.ts'
import { createFolder, run } from './spawned.ts'

const order = (id: string, maxAttempts = 1) => ({
  id,
  owner: 'team:shop',
  caller: JSON.stringify({ key: 'web' }),
  endpoint: '/v1/chat/completions',
  headers: {},
  body: { bytes: Buffer.from('{}') },
  model: 'chat',
  priority: 'normal' as const,
  weight: 1,
  runAt: Date.now(),
  deadlineAt: undefined,
  maxAttempts,
  webhook: undefined,
  metadata: undefined,
  retryOf: undefined,
  holds: false,
  keepMs: 60_000,
})

const [dead, waiting] = [`job_${'d'.repeat(24)}`, `job_${'w'.repeat(24)}`]

test('jobs are listed, shown, cancelled and asked again from the command line', async () => {
  await using folder = await createFolder()
  const path = `${folder.path}/tollgate.db`
  const store = await createSqliteStore(path)
  await store.jobs.submit([{ order: order(dead), key: undefined }])
  const [claimed] = await store.jobWork.claim({ worker: 'w:1', most: 1, leaseMs: 60_000 })
  const error = { code: 'upstream_failed' as const, message: 'It failed.' }
  await store.jobWork.finish([
    {
      fence: claimed?.fence ?? 0,
      id: dead,
      call: 'c-1',
      costNanos: 5n,
      end: { kind: 'failed', error, dead: 'exhausted' },
    },
  ])
  await store.jobs.submit([{ order: order(waiting), key: undefined }])
  await store.close()
  const tollgate = (...words: string[]) => run(['jobs', ...words], { folder: folder.path })

  const listed = await tollgate('list')
  assert.equal(listed.code, 0, listed.errors)
  assert.match(
    listed.output,
    /^ID +STATE +MODEL +OWNER .*\njob_w{24} +queued +chat +team:shop .*\njob_d{24} +failed, exhausted .*\n$/,
  )
  const shown = JSON.parse((await tollgate('show', dead, '--json')).output)
  assert.equal(shown.attempts[0].call, 'c-1')
  assert.equal(shown.costNanos, '5')
  assert.match((await tollgate('cancel', waiting)).output, /is cancelled/)
  const redriven = JSON.parse((await tollgate('redrive', '--all', '--json')).output)
  assert.equal(redriven[0].job, dead)
  assert.match((await tollgate('show', 'job_none')).errors, /no job "job_none"/)
})

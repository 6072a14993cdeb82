import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Webhook } from 'standardwebhooks'
import { createSqliteStore } from '../../stores/sqlite/index.ts'
import { endJobs } from '../../testing/ended-jobs.ts'
import { startWebhookReceiver } from '../../testing/webhook-receiver.ts'
import { countOf, onlyEvent, ordersFor, soon, tellingFrom, webhookSecrets } from './webhook-rig.ts'

const newFolder = async (): Promise<AsyncDisposable & { readonly path: string }> => {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-webhooks-'))
  return {
    path: join(folder, 'tollgate.db'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

test('an event is told again, as the same one, when the process that told it was killed before it could write that down', async () => {
  await using folder = await newFolder()
  await using receiver = await startWebhookReceiver()
  const store = await createSqliteStore(folder.path)
  try {
    await endJobs(store, ordersFor('results', 1))
    const script = fileURLToPath(new URL('webhook-killed.ts', import.meta.url))
    const child = spawn(process.execPath, [script, folder.path, receiver.url], { stdio: 'inherit' })
    const [, signal] = await once(child, 'exit')
    assert.equal(signal, 'SIGKILL')
    assert.equal(receiver.heard.length, 1)
    assert.equal((await onlyEvent(store)).attempts, 0, 'nothing of it is in the store')
    await using _telling = tellingFrom(store, { results: receiver })
    await soon(async () => (await countOf(store, 'delivered')) === 1)
    const [first = assert.fail(), second = assert.fail('it was not sent again'), ...more] = receiver.heard
    assert.deepEqual(more, [])
    assert.equal(first.headers['webhook-id'], second.headers['webhook-id'])
    assert.ok(Number(second.headers['webhook-timestamp']) > Number(first.headers['webhook-timestamp']))
    for (const { body, headers } of [first, second])
      for (const secret of webhookSecrets) new Webhook(secret).verify(body, headers as Record<string, string>)
  } finally {
    await store.close()
  }
})

test('events of a file are told once each, however many processes share it', async () => {
  await using folder = await newFolder()
  await using receiver = await startWebhookReceiver()
  const stores = await Promise.all([1, 2, 3].map(() => createSqliteStore(folder.path)))
  const [first = assert.fail()] = stores
  try {
    await endJobs(first, ordersFor('results', 120))
    const telling = stores.map((store) => tellingFrom(store, { results: receiver }))
    await soon(async () => (await countOf(first, 'delivered')) === 120, 60_000)
    for (const each of telling) await each.webhooks.close()
    assert.equal(receiver.heard.length, 120)
    assert.equal(new Set(receiver.heard.map(({ headers }) => headers['webhook-id'])).size, 120)
    assert.ok(receiver.mostAtOnce <= 4, `${receiver.mostAtOnce} at once`)
  } finally {
    for (const store of stores) await store.close()
  }
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSqliteStore } from '../stores/sqlite/index.ts'
import { endJobs } from '../testing/ended-jobs.ts'
import { createFolder, run } from './spawned.ts'

test('webhooks are listed, shown, enabled and sent again from the command line', async () => {
  await using folder = await createFolder()
  const store = await createSqliteStore(`${folder.path}/tollgate.db`)
  const [job] = await endJobs(store, [{ webhook: 'results' }])
  const [claim = assert.fail('nothing is due')] = await store.webhooks.claim({
    most: 1,
    perEndpoint: 1,
    leaseMs: 60_000,
  })
  const { event, fence } = claim
  const attempt = {
    event: event.id,
    at: Date.now(),
    durationMs: 12,
    status: 410,
    problem: 'it answered 410',
    said: '\u001b[2J',
  }
  await store.webhooks.settle([{ fence, attempt, next: { kind: 'failed' } }])
  await store.webhooks.mark('results', { disabled: { at: Date.now(), because: 'it answered 410' } })
  await store.close()
  const tollgate = (...words: string[]) => run(['webhooks', ...words], { folder: folder.path })

  const [listed, events, shown, misused] = await Promise.all([
    tollgate('list'),
    tollgate('events', '--job', `${job}`),
    tollgate('show', event.id),
    tollgate('redeliver', event.id, '--since', '1d'),
  ])
  assert.match(listed.output, /^ENDPOINT .*\nresults +0 .* it answered 410 +jobs\n$/, listed.errors)
  assert.match(events.output, new RegExp(`\\n${event.id} +${job} +cancelled +results +failed +1 `))
  assert.match(shown.output, /12 +410 +it answered 410 +\\u\{1b\}\[2J/)
  assert.equal(misused.code, 2)
  const enabled = await tollgate('enable', 'results')
  assert.equal(enabled.output, 'What waits for results is sent.\n', enabled.errors)
  assert.deepEqual(JSON.parse((await tollgate('redeliver', '--endpoint', 'results', '--json')).output), { events: 1 })
})

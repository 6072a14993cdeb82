import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { until } from '../faults/harness.ts'
import { errorIn, type JobJson } from '../jobs/job-json.ts'
import { affordable, type Shop } from './bad-disk-shop.ts'
import type { EndTrouble } from './disk-trouble.ts'
import { callNanos, linesOf, standingsOf } from './fleet.ts'

/** Asks with `bound` until it is refused; gives the refusal. */
const spendAll = async (shop: Shop): Promise<Response> => {
  for (;;) {
    const answer = await shop.call('bound')
    assert.ok(shop.answered('bound').length <= affordable, 'more than the budget was spent')
    if (!answer.ok) return answer
  }
}

const checkReads = async (shop: Shop): Promise<void> => {
  for (const path of ['/allowances', '/usage', '/lines', '/calls', '/overview', '/jobs'])
    assert.equal((await shop.admin(path)).status, 200, path)
}

/** What is promised while nothing can be written. */
const checkMeanwhile = async (shop: Shop, done: JobJson, others: readonly JobJson[]): Promise<void> => {
  const before = shop.answered('bound').length
  assert.equal((await errorIn(await spendAll(shop), 503)).code, 'store_unavailable')
  assert.ok(shop.answered('bound').length > before, 'what was set aside was not spent')
  for (let round = 0; round < 4; round++) {
    assert.equal((await errorIn(await shop.call('bound'), 503)).code, 'store_unavailable')
    assert.equal((await errorIn(await shop.handIn('never'), 503)).code, 'store_unavailable')
    for (let call = 0; call < 5; call++) assert.equal((await shop.call('free')).status, 200)
    await checkReads(shop)
    // All rounds together are longer than a store that failed is left alone: it is asked anew meanwhile.
    await sleep(400)
  }
  assert.deepEqual(await shop.jobs(), [done, ...others].map(({ id }) => id).reverse())
  const { status, result } = await shop.job(done.id)
  assert.equal(status, 'succeeded')
  assert.ok(result?.choices)
  for (const { id } of others) assert.match((await shop.job(id)).status, /^(queued|running)$/)
}

/** Everything goes on by itself: the budget is spent to its end, and no further. */
const checkAfterwards = async (shop: Shop): Promise<void> => {
  await shop.acknowledged('afterwards')
  await eventually(async () => {
    assert.equal((await errorIn(await spendAll(shop), 402)).code, 'budget_exhausted')
  })
  assert.equal(shop.answered('bound').length, affordable)
}

/** Every call that the upstream answered is in the ledger once, at its price, and nothing is held. */
const checkBooks = async ({ path, upstream }: Shop, known: readonly string[]): Promise<void> => {
  const lines = await linesOf(path)
  assert.deepEqual(lines.map(({ call }) => call).sort(), [...known].sort())
  assert.equal(new Set(known).size, known.length)
  const sold = upstream.journal.filter(({ answeredAt }) => answeredAt !== undefined).length
  const spent = lines.reduce((sum, { cost }) => sum + BigInt(cost ?? '0'), 0n)
  assert.equal(spent, BigInt(sold) * callNanos)
  const standings = (await standingsOf(path)).map(({ settled, leased, lost }) => ({ settled, leased, lost }))
  assert.deepEqual(standings, [{ settled: BigInt(affordable) * callNanos, leased: 0n, lost: 0n }])
  const database = new Database(path, { readonly: true })
  assert.equal(database.pragma('integrity_check', { simple: true }), 'ok')
  database.close()
}

/** All jobs are done; the books are right as soon as everything that waited is written, and when the server has stopped. */
const checkEnd = async (shop: Shop): Promise<void> => {
  const jobs = await shop.finished()
  for (const { id, status, error } of jobs) assert.equal(status, 'succeeded', `${id}: ${JSON.stringify(error)}`)
  assert.deepEqual((await shop.jobs()).toSorted(), jobs.map(({ id }) => id).sort())
  const byJobs = jobs.flatMap(({ attempts }) => attempts.map(({ call }) => call))
  const known = [...shop.answered('bound'), ...shop.answered('free'), ...byJobs]
  await eventually(() => checkBooks(shop, known))
  const { code, errors } = await shop.server.stop()
  assert.equal(code, 0, errors)
  await checkBooks(shop, known)
}

/** Checks again and again until it is so, for as long as a store that failed may be left alone. */
const eventually = async (check: () => Promise<void>): Promise<void> => {
  const end = performance.now() + 5_000
  for (;;)
    try {
      return await check()
    } catch (thrown) {
      if (performance.now() > end) throw thrown
      await sleep(100)
    }
}

/** Makes trouble in the middle of the work, looks at what works meanwhile, ends it, and compares the books. `begin` gives how it is ended. */
export const outlast = async (shop: Shop, begin: () => Promise<EndTrouble>): Promise<void> => {
  const done = await shop.acknowledged('quick')
  assert.equal((await shop.job(done.id, { prefer: 'wait=5' })).status, 'succeeded')
  // Makes the file of calls too: what is on the disk already is what is in danger.
  await checkReads(shop)
  const asked = shop.upstream.journal.length
  const running = [await shop.acknowledged('slow one'), await shop.acknowledged('slow two')]
  await until(() => shop.upstream.journal.length === asked + 2, 'no job is under way')
  const later = await shop.acknowledged('later', { run_at: new Date(Date.now() + 1_500).toISOString() })
  assert.equal((await shop.call('bound')).status, 200)
  const end = await begin()
  try {
    await checkMeanwhile(shop, done, [...running, later])
    assert.equal(shop.server.child.exitCode, null)
  } finally {
    await end()
  }
  await checkAfterwards(shop)
  await checkEnd(shop)
}

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { createFolder } from '../../cli/spawned.ts'
import type { ConfigInput } from '../../config/schema.ts'
import { nanosFromUsd } from '../../core/money.ts'
import { createSqliteStore } from '../../stores/sqlite/index.ts'
import type { Store } from '../../stores/store.ts'
import { openaiText, type Step } from '../../testing/index.ts'
import { becomesTrue } from '../../testing/ledger-suite-parts.ts'
import { seeded } from '../faults/harness.ts'
import { anyone, chat, type JobRig, startJobRig } from './rig.ts'

const limit = nanosFromUsd('0.03')
/** 40 tokens read at a dollar, 500 written at two, for a million each. */
const costOfOne = 1_040_000n

const standing = async ({ ledger }: Store) => {
  const found = await ledger.standing('gateway:*/budget/total', 'gateway:*', { kind: 'total' })
  return { settled: found?.settled ?? 0n, leased: found?.leased ?? 0n }
}

/** Looks all the time whether more is promised than there is, until it is told to stop. */
const watchOver = (store: Store): (() => Promise<number>) => {
  let isOver = false
  const looking = (async () => {
    let looks = 0
    for (; !isOver; looks++) {
      const { settled, leased } = await standing(store)
      assert.ok(settled + leased <= limit, `${settled} + ${leased}`)
      await setTimeout(2)
    }
    return looks
  })()
  return () => {
    isOver = true
    return looking
  }
}

const config: ConfigInput = { budgets: [{ scope: 'gateway:*', usd: 0.03, onShort: 'reject' }] }

const question = (index: number) => chat(`question ${index}`, { max_tokens: 1_000 })

/** Answers cost what they say; some questions fail the first time. */
const answers = (): ((request: { readonly body: string }) => Step) => {
  const asked = new Set<string>()
  return ({ body }) => {
    const isFirst = !asked.has(body)
    asked.add(body)
    if (isFirst && /question \d*[27]"/.test(body)) return { status: 503 }
    return { ...openaiText('Well.', { usage: { input: 40, output: 500 } }), headDelayMs: 20 }
  }
}

/** Who is told that a job is kept: its id; undefined: there is no money for it. */
const submitted = async (rig: JobRig, index: number): Promise<string | undefined> => {
  try {
    return (await rig.submit({ body: question(index), hold: true }, anyone)).id
  } catch (thrown) {
    assert.equal((thrown as { code?: string }).code, 'budget_exhausted')
    return undefined
  }
}

describe('jobs that hold their money, beside calls that take what is left', () => {
  it('are all done in two processes, and never is more promised or paid than there is', async () => {
    await using folder = await createFolder()
    const path = join(folder.path, 'tollgate.db')
    const stores = [await createSqliteStore(path), await createSqliteStore(path)] as const
    const one = await startJobRig({ store: stores[0], workers: 0, config })
    const other = await startJobRig({ store: stores[1], workers: 0, config })
    const answer = answers()
    for (const { upstream } of [one, other]) upstream.always(answer)
    const random = seeded(7)
    const watcher = await createSqliteStore(path)
    const stop = watchOver(watcher)
    try {
      const ids: string[] = []
      const cancelled = new Set<string>()
      let refused = 0
      const calls: Promise<Response>[] = []
      for (let index = 0; index < 60; index++) {
        const [rig, elsewhere] = random() < 0.5 ? [one, other] : [other, one]
        const id = await submitted(rig, index)
        if (id === undefined) refused++
        else ids.push(id)
        if (random() < 0.3) calls.push(elsewhere.live(question(1_000 + index)))
        const victim = ids[Math.floor(random() * ids.length)]
        if (victim !== undefined && random() < 0.3) {
          const { state } = await elsewhere.runtime.jobs.cancel(victim)
          if (state === 'cancelled') cancelled.add(victim)
        }
        if (index === 20) for (const { runtime } of [one, other]) runtime.work(2)
      }
      const statuses = (await Promise.all(calls)).map(({ status }) => status)
      for (const id of ids) {
        const { job } = await one.runtime.jobs.wait(id, { ms: 20_000 })
        assert.equal(job.heldNanos, 0n)
        if (!cancelled.has(id) && job.state !== 'cancelled')
          assert.equal(job.state, 'succeeded', JSON.stringify(job.error))
      }
      assert.ok(refused > 0 && cancelled.size > 0, `${refused} refused, ${cancelled.size} cancelled`)
      await Promise.all([one, other].map(({ runtime }) => runtime.close()))
      const paid = [one, other]
        .flatMap(({ records }) => records)
        .reduce((sum, { attempts }) => sum + attempts.reduce((all, { costNanos = 0n }) => all + costNanos, 0n), 0n)
      await becomesTrue(async () => (await standing(watcher)).leased === 0n)
      assert.deepEqual(await standing(watcher), { settled: paid, leased: 0n })
      assert.ok(paid <= limit && paid >= costOfOne, `${paid} paid`)
      assert.ok(statuses.every((status) => status === 200 || status === 402 || status === 502 || status === 503))
      assert.ok((await stop()) > 20)
    } finally {
      await stop()
      await watcher.close()
      await one[Symbol.asyncDispose]()
      await other[Symbol.asyncDispose]()
    }
  })
})

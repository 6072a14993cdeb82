import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FileStore } from '../stores/file-store.ts'
import type { Swept } from '../stores/job-store.ts'
import { createUpkeep } from './upkeep.ts'

const quiet: Swept = { ready: 0, ended: 0, deleted: 0, files: [], nextAt: undefined }

const startUpkeep = (sweeps: readonly (Partial<Swept> | Error)[], due = 0) => {
  const swept: number[] = []
  const looked: number[] = []
  const removed: string[] = []
  const failures: string[] = []
  let ended = 0
  const upkeep = createUpkeep({
    work: {
      sweep: async () => {
        const found = sweeps[swept.length] ?? quiet
        swept.push(performance.now())
        if (found instanceof Error) throw found
        return { ...quiet, ...found }
      },
    },
    store: { counts: async () => ({ queued: due + 2, scheduled: 2, running: 0, dead: 0, oldestMs: 0 }) },
    bell: { look: async (count) => void looked.push(await count()) },
    files: {
      remove: async (name: string) => removed.push(name) > 0,
      tidy: async () => 0,
    } as unknown as FileStore,
    maxCrashes: 3,
    now: Date.now,
    failed: (_cause, message) => failures.push(message),
    swept: (count) => {
      ended += count
    },
    everyMs: 100,
  })
  return { upkeep, swept, looked, removed, failures, ended: () => ended }
}

describe('what is done time and again', () => {
  it('looks for lost jobs at once and ever after, rings for those that are due, and deletes their files', async () => {
    const kept = startUpkeep([{ ended: 2, files: ['file-a', 'file-b'] }], 7)
    await sleep(260)
    await kept.upkeep.close()
    assert.ok(kept.swept.length >= 2 && kept.swept.length <= 4, `${kept.swept.length}`)
    assert.equal(kept.looked[0], 7)
    assert.deepEqual(kept.removed, ['file-a', 'file-b'])
    assert.equal(kept.ended(), 2)
    const { length } = kept.swept
    await sleep(150)
    assert.equal(kept.swept.length, length)
  })

  it('is there in time for a job whose time comes, whether the store tells of it or somebody here does', async () => {
    const kept = startUpkeep([{ nextAt: Date.now() + 40 }])
    await sleep(70)
    assert.ok(kept.swept.length >= 2)
    kept.upkeep.expect(Date.now() + 20)
    await sleep(45)
    assert.ok(kept.swept.length >= 3)
    await kept.upkeep.close()
  })

  it('goes on after a failure', async () => {
    const kept = startUpkeep([new Error('The disk is full.')])
    await sleep(180)
    await kept.upkeep.close()
    assert.equal(kept.failures.length, 1)
    assert.ok(kept.swept.length >= 2)
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { jobStoreSuite } from '../../testing/job-store-suite.ts'
import { raceEnds } from '../../testing/job-store-suite-model.ts'
import type { OpenedJobs } from '../../testing/job-store-suite-parts.ts'
import { webhookStoreSuite } from '../../testing/webhook-store-suite.ts'
import { createMemoryBank } from './index.ts'

const open = async (): Promise<OpenedJobs> => {
  let skewMs = 0
  const now = () => Date.now() + skewMs
  const bank = createMemoryBank({ now })
  const [one, other] = [bank.open(), bank.open()]
  return {
    one,
    other,
    now,
    pass: (ms) => {
      skewMs += ms
    },
    fence: async () => one.fence(),
    close: async () => {
      await one.close()
      await other.close()
    },
  }
}

jobStoreSuite('A memory', open)
webhookStoreSuite('A memory', open)

describe('jobs in memory that are cancelled while they are finished', () => {
  it('have one end each, a thousand times', async () => {
    const opened = await open()
    await raceEnds(opened, 1_000, 42)
    assert.equal((await opened.one.jobs.counts()).running, 0)
    await opened.close()
  })
})

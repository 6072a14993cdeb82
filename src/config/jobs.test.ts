import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseConfig } from './load.ts'

const jobsOf = async (jobs?: object) =>
  (await parseConfig({ discover: false, ...(jobs === undefined ? {} : { jobs }) }, {})).jobs

describe('the section jobs', () => {
  test('says how jobs are done, also where nothing is written', async () => {
    const usual = { workers: 16, keepMs: 604_800_000, maxAttempts: 3, maxCrashes: 3, leaseMs: 60_000, hold: false }
    assert.deepEqual(await jobsOf(), usual)
    assert.deepEqual(
      await jobsOf({ workers: 0, keep: '90d', lease: '1s', maxAttempts: 1, maxCrashes: 5, hold: true }),
      {
        workers: 0,
        keepMs: 90 * 86_400_000,
        leaseMs: 1_000,
        maxAttempts: 1,
        maxCrashes: 5,
        hold: true,
      },
    )
  })

  test('has bounds', async () => {
    for (const wrong of [{ workers: -1 }, { keep: '91d' }, { lease: '10ms' }, { maxAttempts: 0 }, { maxCrashes: 21 }])
      await assert.rejects(jobsOf(wrong), /jobs\.\w+: expected/, JSON.stringify(wrong))
  })
})

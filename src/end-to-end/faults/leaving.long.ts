import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { leaveAtRandom } from './leaving.ts'

describe('ten thousand clients that leave at random moments', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    test(`leave nothing behind (seed ${seed})`, async () => {
      assert.equal(await leaveAtRandom(2_000, seed), 2_000)
    })
  }
})

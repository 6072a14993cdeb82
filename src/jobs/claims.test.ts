import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ClaimedJob } from '../stores/job-store.ts'
import type { Hold } from './attempt.ts'
import { Claims } from './claims.ts'

const startClaims = (waiting: number, places: number, atOnce = places) => {
  const asked: number[] = []
  let left = waiting
  let held = 0
  const claims = new Claims({
    room: () => places - held,
    most: atOnce,
    claim: async (most) => {
      asked.push(most)
      const taken = Math.min(most, left)
      left -= taken
      return Array.from({ length: taken }, (_, index) => ({ fence: index }) as ClaimedJob)
    },
    taken: (claimed) => {
      held++
      return { claimed } as Hold
    },
  })
  return { claims, asked }
}

describe('claims', () => {
  it('that are asked for together are one, for all free places', async () => {
    const { claims, asked } = startClaims(100, 8)
    const found = await Promise.all(Array.from({ length: 8 }, () => claims.next()))
    assert.equal(found.filter((hold) => hold !== undefined).length, 8)
    assert.deepEqual(asked, [8])
    assert.equal(await claims.next(), undefined)
    assert.deepEqual(asked, [8])
  })

  it('are made in parts, so that the first are done while the next are claimed', async () => {
    const { claims, asked } = startClaims(7, 8, 4)
    const found = await Promise.all(Array.from({ length: 8 }, () => claims.next()))
    assert.equal(found.filter((hold) => hold !== undefined).length, 7)
    assert.deepEqual(asked, [4, 4])
  })

  it('find nothing where nothing waits', async () => {
    const { claims, asked } = startClaims(1, 8)
    assert.ok(await claims.next())
    assert.equal(await claims.next(), undefined)
    assert.deepEqual(asked, [8, 7])
  })

  it('that nobody took are given at the end, also those under way', async () => {
    const { claims } = startClaims(5, 8)
    const first = claims.next()
    await new Promise((resolve) => setImmediate(resolve))
    const left = await claims.close()
    assert.ok(await first)
    assert.equal(left.length, 4)
    assert.equal(await claims.next(), undefined)
  })
})

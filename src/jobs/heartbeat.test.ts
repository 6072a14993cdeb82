import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Heartbeat } from './heartbeat.ts'

const leaseMs = 300

const startHeart = (answer: (fences: readonly number[]) => { lost: number[]; stopping: number[] }) => {
  const beats: { readonly fences: readonly number[]; readonly at: number }[] = []
  const told: string[] = []
  const heart = new Heartbeat({
    work: {
      beat: async (fences) => {
        beats.push({ fences, at: performance.now() })
        return answer(fences)
      },
    },
    leaseMs,
    lost: (fence) => told.push(`lost ${fence}`),
    stopping: (fence) => told.push(`stopping ${fence}`),
    failed: () => told.push('failed'),
  })
  return { heart, beats, told }
}

const nothing = () => ({ lost: [], stopping: [] })

describe('the heartbeat of a worker', () => {
  it('prolongs all leases together, three times within their length, and none when there are none', async () => {
    const { heart, beats } = startHeart(nothing)
    await sleep(leaseMs / 2)
    assert.equal(beats.length, 0)
    heart.add(1)
    heart.add(2)
    await sleep(leaseMs)
    heart.remove(1)
    await sleep(leaseMs / 2)
    heart.close()
    assert.ok(beats.length >= 3 && beats.length <= 6, `${beats.length}`)
    assert.deepEqual(beats[0]?.fences, [1, 2])
    assert.deepEqual(beats.at(-1)?.fences, [2])
  })

  it('prolongs them in time when the loop stood still for half a lease', async () => {
    const { heart, beats } = startHeart(nothing)
    heart.add(1)
    const since = performance.now()
    await sleep(leaseMs / 3 - 20)
    const until = performance.now() + leaseMs / 2
    while (performance.now() < until);
    await sleep(10)
    heart.close()
    const [first] = beats
    assert.ok(first && first.at - since < leaseMs, `${(first?.at ?? 0) - since} ms`)
  })

  it('tells what is lost once, and what is to stop soon after it is asked to look', async () => {
    const { heart, beats, told } = startHeart((fences) => ({
      lost: fences.filter((fence) => fence === 1),
      stopping: fences.filter((fence) => fence === 2),
    }))
    heart.add(1)
    heart.add(2)
    for (let time = 0; time < 20; time++) heart.look()
    await sleep(20)
    assert.deepEqual(told, ['stopping 2', 'lost 1'])
    assert.equal(beats.length, 1)
    heart.close()
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Finished } from '../stores/job-store.ts'
import { createEnds } from './ends.ts'

const ended = (fence: number, call: string | undefined = 'call'): Finished => ({
  fence,
  id: `job_${fence}`,
  call,
  costNanos: 1n,
  end: { kind: 'cancelled' },
})

const open = () => {
  const told: string[] = []
  let finish: (fences: readonly number[]) => Promise<readonly boolean[]> = async (fences) => fences.map(() => true)
  const ends = createEnds({
    booked: async () => void told.push('booked'),
    work: {
      finish: (all) => {
        const fences = all.map(({ fence }) => fence)
        told.push(fences.join(' '))
        return finish(fences)
      },
    },
  })
  return { told, ends, finishBy: (by: typeof finish) => (finish = by) }
}

describe('ends of attempts', () => {
  it('are told after what they cost is booked, those of one turn together', async () => {
    const { told, ends } = open()
    assert.deepEqual(await Promise.all([ends(ended(1)), ends(ended(2))]), [true, true])
    assert.deepEqual(told, ['booked', '1 2'])
  })

  it('that made no call wait for no book', async () => {
    const { told, ends } = open()
    await ends({ ...ended(1), call: undefined })
    assert.deepEqual(told, ['1'])
  })

  it('are gathered while others are told, and each hears its own answer', async () => {
    const { told, ends, finishBy } = open()
    const first = Promise.withResolvers<readonly boolean[]>()
    finishBy(() => first.promise)
    const one = ends(ended(1))
    while (told.length < 2) await new Promise(setImmediate)
    const more = [ends(ended(2)), ends(ended(3))]
    finishBy(async (fences) => fences.map((fence) => fence === 3))
    first.resolve([true])
    assert.deepEqual([await one, ...(await Promise.all(more))], [true, false, true])
    assert.deepEqual(told, ['booked', '1', 'booked', '2 3'])
  })

  it('that the store does not take are told so, and later ones are told all the same', async () => {
    const { ends, finishBy } = open()
    finishBy(() => Promise.reject(new Error('full')))
    await assert.rejects(ends(ended(1)), /full/)
    finishBy(async () => [true])
    assert.equal(await ends(ended(2)), true)
  })
})

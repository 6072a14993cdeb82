import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { createRows, type Rows } from '../testing/bell-rows.ts'
import { startSqsBetween } from '../testing/sqs-between.ts'
import { sqsEnvironment, startSqsDouble } from '../testing/sqs-double.ts'
import type { Bell } from './bell.ts'
import { createSqsBell } from './sqs-bell.ts'

Object.assign(process.env, sqsEnvironment)
const shared = await startSqsDouble()
after(() => shared.close())
let worlds = 0

interface Opening {
  readonly holdSeconds: number
  readonly endpoint?: string
}

/** Queues of a test's own, and workers on them whose store can be away. */
const openWorld = async (suffix: string, attributes?: Readonly<Record<string, string>>) => {
  const url = await shared.makeQueue(`held${worlds++}${suffix}`, attributes)
  const bells: Bell[] = []
  const reports: { readonly message: string; readonly reason: unknown }[] = []
  const open = ({ holdSeconds, endpoint = shared.endpoint }: Opening): Bell => {
    const bell = createSqsBell({
      engine: { kind: 'sqs', queue: { url }, region: undefined, endpoint },
      report: (message, { reason }) => reports.push({ message, reason }),
      holdSeconds,
    })
    bells.push(bell)
    return bell
  }
  const rows = createRows()
  const countsAre = (waiting: number, hidden: number): Promise<void> =>
    rows.until(async () => {
      const counts = await shared.counts(url)
      return counts.waiting === waiting && counts.hidden === hidden
    })
  /** The store is away for whoever has these rows. */
  const rowsAway = (): Rows => {
    const away = createRows()
    away.failTakes(Number.POSITIVE_INFINITY)
    return away
  }
  /** A worker has the ring of a job in hand, cannot ask for it, and closes. */
  const giveBack = async (): Promise<void> => {
    const bell = open({ holdSeconds: 30 })
    const answering = bell.answer(rowsAway().answerer({ name: 'one' }))
    await bell.ring(rows.add('job_a'))
    await countsAre(0, 1)
    await answering.close()
  }
  const close = async (): Promise<void> => {
    rows.end()
    await Promise.all(bells.map((bell) => bell.close()))
  }
  return { url, rows, rowsAway, giveBack, reports, open, countsAre, [Symbol.asyncDispose]: close }
}

/** A queue whose messages go elsewhere when they are received for a second time. */
const redriving = async (suffix: string) => {
  const name = `dead${worlds++}${suffix}`
  const dead = await shared.makeQueue(name)
  const deadLetterTargetArn = `arn:aws:sqs:${sqsEnvironment.AWS_REGION}:000000000000:${name}`
  return { dead, attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 }) } }
}

for (const suffix of ['', '.fifo'])
  describe(`a ring in the hand of a worker, in a queue rings${suffix}`, { concurrency: true }, () => {
    it('is heard by nobody else while the store is away for longer than it is held, and is removed then', async () => {
      await using world = await openWorld(suffix)
      const { rows, open, countsAre } = world
      rows.failTakes(Number.POSITIVE_INFINITY)
      const bell = open({ holdSeconds: 2 })
      bell.answer(rows.answerer({ name: 'one' }))
      await bell.ring(rows.add('job_a'))
      await countsAre(0, 1)
      const heard: string[] = []
      const hear = async (ring: { readonly job: string } | undefined): Promise<undefined> => {
        if (ring) heard.push(ring.job)
      }
      open({ holdSeconds: 2 }).answer({ concurrency: 1, take: hear })
      await rows.pause(3_000)
      assert.deepEqual(heard, [])
      rows.failTakes(0)
      await rows.done(1)
      await countsAre(0, 0)
      assert.deepEqual(heard, [])
    })

    it('is given back at once by a worker that closes', async () => {
      await using world = await openWorld(suffix)
      const { rows, open, countsAre } = world
      await world.giveBack()
      // The ring itself, and another one for what the worker may have had beside it.
      assert.deepEqual(await shared.counts(world.url), { waiting: 2, hidden: 0 })
      open({ holdSeconds: 30 }).answer(rows.answerer({ name: 'other' }))
      await rows.done(1)
      await countsAre(0, 0)
    })

    it('is removed once its job was claimed, while that is being done', async () => {
      await using world = await openWorld(suffix)
      const { rows, open, countsAre } = world
      const work = rows.holdTasks()
      const bell = open({ holdSeconds: 30 })
      bell.answer(rows.answerer({ name: 'one' }))
      await bell.ring(rows.add('job_a'))
      await rows.begun(1)
      await countsAre(0, 0)
      assert.deepEqual(rows.finished(), [])
      work.go()
      await rows.done(1)
    })

    it('is removed where there was nothing to do', async () => {
      await using world = await openWorld(suffix)
      const bell = world.open({ holdSeconds: 30 })
      await bell.ring([{ job: 'job_a', owner: 'team:a' }])
      await world.countsAre(1, 0)
      bell.answer(world.rows.answerer({ name: 'one' }))
      await world.countsAre(0, 0)
    })

    it('rings for others when it cannot be held any longer, which is told, and no job is lost', async () => {
      await using world = await openWorld(suffix)
      await using between = await startSqsBetween(shared.endpoint, ({ action }) =>
        action === 'ChangeMessageVisibilityBatch'
          ? { status: 403, body: { __type: 'com.amazonaws.sqs#AccessDenied', message: 'No.' } }
          : undefined,
      )
      const { rows, open, countsAre } = world
      const away = world.rowsAway()
      const bell = open({ holdSeconds: 1, endpoint: between.endpoint })
      bell.answer(away.answerer({ name: 'one' }))
      await bell.ring(rows.add('job_a'))
      await countsAre(0, 1)
      await rows.pause(1_500)
      open({ holdSeconds: 1 }).answer(rows.answerer({ name: 'other' }))
      await rows.done(1)
      await countsAre(0, 0)
      away.failTakes(0)
      await bell.ring(away.add('job_b'))
      await away.done(1)
      const told = world.reports.filter(({ message }) => message.includes('prolong'))
      assert.deepEqual(
        told.map(({ reason }) => reason),
        ['AccessDenied'],
      )
    })

    it('is let go when its receipt is over, or its 12 hours are, while others are still held', async () => {
      await using world = await openWorld(suffix)
      const batches: number[] = []
      await using between = await startSqsBetween(shared.endpoint, ({ action, entries }) => {
        if (action !== 'ChangeMessageVisibilityBatch') return undefined
        batches.push(entries.length)
        if (batches.length > 1) return undefined
        const Failed = [{ Id: '0', Code: 'InvalidParameterValue', SenderFault: true }]
        return { status: 200, body: { Successful: [], Failed } }
      })
      const { rows, open } = world
      const bell = open({ holdSeconds: 1, endpoint: between.endpoint })
      await bell.ring(rows.add('job_a', 'job_b', 'job_c'))
      bell.answer(world.rowsAway().answerer({ name: 'one', concurrency: 8 }))
      await rows.until(() => batches.length >= 5)
      assert.deepEqual(batches.slice(0, 5), [3, 2, 2, 2, 2])
      open({ holdSeconds: 1 }).answer(rows.answerer({ name: 'other' }))
      await world.countsAre(0, 2)
    })

    it('does not go to the dead letters of its queue while the store is away', async () => {
      const { dead, attributes } = await redriving(suffix)
      await using world = await openWorld(suffix, attributes)
      const { rows, open, countsAre } = world
      rows.failTakes(Number.POSITIVE_INFINITY)
      const bell = open({ holdSeconds: 2 })
      bell.answer(rows.answerer({ name: 'one' }))
      open({ holdSeconds: 2 }).answer(world.rowsAway().answerer({ name: 'other' }))
      await bell.ring(rows.add('job_a'))
      await rows.pause(3_000)
      rows.failTakes(0)
      await rows.done(1)
      await countsAre(0, 0)
      assert.equal((await shared.counts(dead)).waiting, 0)
    })

    it('goes to the dead letters of its queue when it was given back, and its job is done all the same', async () => {
      const { dead, attributes } = await redriving(suffix)
      await using world = await openWorld(suffix, attributes)
      const { rows, open, countsAre } = world
      await world.giveBack()
      open({ holdSeconds: 30 }).answer(rows.answerer({ name: 'other' }))
      await rows.done(1)
      await countsAre(0, 0)
      assert.equal((await shared.counts(dead)).waiting, 1)
      assert.deepEqual(rows.finished(), ['job_a'])
    })
  })

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GatewayError } from '../core/errors.ts'
import type { Bell } from '../jobs/bell.ts'
import { createRows, type Rows } from './bell-rows.ts'

/** An engine of a test's own, and bells on it. */
export interface BellWorld {
  /** A bell as another process has one, whose jobs are those rows. */
  open(rows: Rows): Bell
  /** Takes everything away that the engine carries; undefined: it carries nothing. */
  lose: (() => Promise<void>) | undefined
  /** Undefined: the engine cannot be away. */
  outage: { begin(): Promise<void>; end(): Promise<void> } | undefined
  close(): Promise<void>
}

/** `isAlone`: nobody else may use its engine, which will be away. */
export interface WorldWishes {
  readonly isAlone: boolean
}

export interface SuiteOptions {
  readonly name: string
  open(wishes: WorldWishes): Promise<BellWorld>
  /** Why its engine is not there, with what to do; undefined: it is. */
  readonly missing?: string | undefined
}

/** What every bell does, checked. */
export const bellSuite = ({ name, open: openWorld, missing }: SuiteOptions): void => {
  const check: Check = (behaviour, body, wishes = { isAlone: false }) =>
    it(behaviour, async () => {
      const world = await openWorld(wishes)
      const bells: Bell[] = []
      const rows = createRows()
      const open = (): Bell => {
        const bell = world.open(rows)
        bells.push(bell)
        return bell
      }
      try {
        await body({ ...world, rows, open })
      } finally {
        rows.end()
        await Promise.all(bells.map((bell) => bell.close()))
        await world.close()
      }
    })
  describe(`${name}: a bell`, { concurrency: 6, skip: missing ?? false }, () => {
    answering(check)
    ending(check)
    losing(check)
  })
}

interface Opened extends Omit<BellWorld, 'open' | 'close'> {
  readonly rows: Rows
  open(): Bell
}
type Check = (behaviour: string, body: (opened: Opened) => Promise<void>, wishes?: WorldWishes) => void

const answering = (check: Check): void => {
  check('wakes one worker for a job', async ({ open, rows }) => {
    const [asking, one, other] = [open(), open(), open()]
    one.answer(rows.answerer({ name: 'one' }))
    other.answer(rows.answerer({ name: 'other' }))
    await asking.ring(rows.add('job_a'))
    await rows.done(1)
    assert.deepEqual(rows.finished(), ['job_a'])
  })

  check('has every job done once, by whoever is there', async ({ open, rows }) => {
    const [asking, one, other] = [open(), open(), open()]
    one.answer(rows.answerer({ name: 'one', concurrency: 4 }))
    other.answer(rows.answerer({ name: 'other', concurrency: 4 }))
    const jobs = Array.from({ length: 60 }, (_, index) => `job_${index}`)
    await asking.ring(rows.add(...jobs))
    await rows.done(60)
    assert.deepEqual(rows.finished().toSorted(), jobs.toSorted())
  })

  check('keeps no more tasks going than there are places, and uses all of them', async ({ open, rows }) => {
    const bell = open()
    bell.answer(rows.answerer({ name: 'one', concurrency: 3, workMs: 20 }))
    await bell.ring(rows.add(...Array.from({ length: 12 }, (_, index) => `job_${index}`)))
    await rows.done(12)
    assert.equal(rows.mostAtOnce(), 3)
  })

  check('rings for jobs that were there before its worker', async ({ open, rows }) => {
    await open().ring(rows.add('job_a', 'job_b'))
    open().answer(rows.answerer({ name: 'late' }))
    await rows.done(2)
  })

  check('asks again when a job could not be taken, and when its task rejects', async ({ open, rows }) => {
    const bell = open()
    rows.failTakes(1)
    rows.failTasks(1)
    bell.answer(rows.answerer({ name: 'one' }))
    await bell.ring(rows.add('job_a'))
    await rows.done(1)
    assert.deepEqual(rows.finished(), ['job_a'])
  })

  check('rings for a job that rings again while it is being done', async ({ open, rows }) => {
    const bell = open()
    const work = rows.holdTasks()
    bell.answer(rows.answerer({ name: 'one', concurrency: 1 }))
    await bell.ring(rows.add('job_a'))
    await rows.begun(1)
    await bell.ring(rows.add('job_a'))
    work.go()
    await rows.done(2)
  })

  check('finds jobs for which nothing rang, as long as a place is free', async ({ open, rows }) => {
    const bell = open()
    const work = rows.holdTasks()
    bell.answer(rows.answerer({ name: 'one', concurrency: 4 }))
    await bell.ring(rows.add('job_a'))
    await rows.begun(1)
    rows.add('job_b', 'job_c', 'job_d', 'job_e')
    await rows.begun(4)
    work.go()
    await rows.done(5)
  })

  check('leaves rings for those who have a place', async ({ open, rows }) => {
    const [full, other] = [open(), open()]
    const work = rows.holdTasks()
    full.answer(rows.answerer({ name: 'full', concurrency: 2 }))
    await full.ring(rows.add('job_a', 'job_b'))
    await rows.begun(2)
    const asked = rows.asked('full')
    await full.ring(rows.add('job_c', 'job_d'))
    await rows.pause(50)
    // One may have been on its way when the last place was taken.
    assert.ok(((await full.waiting()) ?? 1) >= 1)
    other.answer(rows.answerer({ name: 'other' }))
    await rows.begun(4)
    assert.equal(rows.asked('full'), asked)
    work.go()
    await rows.done(4)
  })
}

const ending = (check: Check): void => {
  check('whose answering is closed finishes what is under way, and takes no more', async ({ open, rows }) => {
    const [one, other] = [open(), open()]
    const work = rows.holdTasks()
    const answering = one.answer(rows.answerer({ name: 'one', concurrency: 2 }))
    await one.ring(rows.add('job_a'))
    await rows.begun(1)
    const closed = answering.close()
    const before = rows.asked('one')
    await other.ring(rows.add('job_b'))
    work.go()
    await closed
    assert.deepEqual(rows.finished(), ['job_a'])
    assert.equal(rows.asked('one'), before)
    other.answer(rows.answerer({ name: 'other' }))
    await rows.done(2)
  })

  check('can be closed twice, and while nothing rings, at once', async ({ open, rows }) => {
    const bell = open()
    const answering = bell.answer(rows.answerer({ name: 'one' }))
    await rows.pause(100)
    const start = performance.now()
    await Promise.all([answering.close(), bell.close()])
    await bell.close()
    assert.ok(performance.now() - start < 1_000)
  })
}

const losing = (check: Check): void => {
  check('makes up for rings that were lost by looking', async ({ open, rows, lose }) => {
    const [asking, bell] = [open(), open()]
    await asking.ring(rows.add('job_a', 'job_b', 'job_c'))
    await lose?.()
    bell.answer(rows.answerer({ name: 'one' }))
    await lose?.()
    await asking.look(async () => 3)
    await rows.done(3)
    await asking.ring(rows.add('job_d'))
    await rows.done(4)
  })

  check('loses everything while jobs are being done, and goes on', async ({ open, rows, lose }) => {
    const bell = open()
    const work = rows.holdTasks()
    bell.answer(rows.answerer({ name: 'one', concurrency: 2 }))
    await bell.ring(rows.add('job_a'))
    await rows.begun(1)
    await lose?.()
    work.go()
    await bell.ring(rows.add('job_b'))
    await rows.done(2)
    await bell.ring(rows.add('job_a', 'job_c'))
    await rows.done(4)
  })

  check('does not ring for jobs that ring already', async ({ open, rows }) => {
    const bell = open()
    await bell.ring(rows.add('job_a', 'job_b'))
    await bell.look(async () => 2)
    const waiting = await bell.waiting()
    assert.ok(waiting === undefined || waiting === 2, `${waiting}`)
    await bell.look(async () => 5)
    const then = await bell.waiting()
    assert.ok(then === undefined || then === 5, `${then}`)
    await bell.look(async () => 0)
  })

  check(
    'says clearly that its engine is away, and goes on when it is back',
    async ({ open, rows, outage }) => {
      if (!outage) return
      const bell = open()
      bell.answer(rows.answerer({ name: 'one' }))
      await bell.ring(rows.add('job_a'))
      await rows.done(1)
      await outage.begin()
      const start = performance.now()
      await assert.rejects(bell.ring(rows.add('job_b')), isAway)
      await assert.rejects(
        bell.look(async () => 1),
        isAway,
      )
      assert.ok(performance.now() - start < 4_000)
      await outage.end()
      await rows.until(() =>
        bell
          .look(async () => 1)
          .then(
            () => true,
            () => false,
          ),
      )
      await rows.done(2)
    },
    { isAlone: true },
  )
}

const isAway = (error: unknown): boolean => {
  assert.ok(error instanceof GatewayError)
  assert.equal(error.code, 'store_unavailable')
  assert.match(error.message, /^(Redis|SQS) did not take the rings of jobs: /)
  return true
}

import assert from 'node:assert/strict'
import type { Scope } from '../core/scope.ts'
import type { Submitted } from '../stores/job-store.ts'
import type { Want } from '../stores/store.ts'
import {
  claim,
  claimOne,
  dayMs,
  ends,
  finish,
  found,
  type JobCheck,
  type JobsOfProcess,
  minuteMs,
  orderOf,
  there,
} from './job-store-suite-parts.ts'
import { becomesTrue, hourly, leaseOf, rolling, standingOf, wantOf } from './ledger-suite-parts.ts'

const rules = { maxCrashes: 3 }
let subjects = 0

/** A budget of 100 that nobody has used, of which 40 are wanted. */
const freshWant = (more: Partial<Want> = {}): Want =>
  wantOf({ subject: `key:held-${++subjects}` as Scope, least: 40n, wish: 40n, ...more })

/** Submits a job with money. */
const submitWith = async (
  { jobs }: JobsOfProcess,
  wants: readonly Want[],
  more: Parameters<typeof orderOf>[0] = {},
): Promise<Submitted> => {
  const order = orderOf({ holds: true, ...more })
  return there((await jobs.submit([{ order, key: undefined, wants }]))[0])
}

const idOf = (submitted: Submitted): string =>
  submitted.kind === 'made' ? submitted.job.id : assert.fail(`it is ${submitted.kind}`)

/** Settled, leased and lost of a budget. */
const standing = async ({ ledger }: JobsOfProcess, want: Want) => Object.values(await standingOf(ledger, want))

/** What is set aside for a job is leased from its budgets until the job ends, whoever lives and dies. */
export const holds = (check: JobCheck): void => {
  taking(check)
  spending(check)
  dying(check)
  periods(check)
}

const taking = (check: JobCheck): void => {
  check('is leased from the moment at which the job is kept, and is seen with it', async ({ one, other }) => {
    const want = freshWant()
    const submitted = await submitWith(one, [want])
    assert.ok(submitted.kind === 'made' && submitted.job.holds)
    assert.equal(submitted.job.heldNanos, 40n)
    assert.equal((await found(other, submitted.job.id)).heldNanos, 40n)
    assert.deepEqual(await standing(other, want), [0n, 40n, 0n])
    const { order } = there(await other.jobs.details(submitted.job.id))
    assert.equal(order?.holds, true)
  })

  check('is all or nothing, and without it there is no job', async ({ one, other }) => {
    const [wide, narrow] = [freshWant(), freshWant({ allowance: 'narrow', limit: 39n })]
    const submitted = await submitWith(one, [wide, narrow])
    assert.ok(submitted.kind === 'short')
    assert.deepEqual([submitted.short.allowance, submitted.short.free, submitted.mayGrow], ['narrow', 39n, false])
    assert.equal((await standing(other, wide))[1] ?? 0n, 0n)
    assert.equal((await one.jobs.counts()).queued, 0)
    assert.deepEqual(await claim(other), [])
  })

  check('cannot be promised twice', async ({ one, other }) => {
    const want = freshWant()
    const submitted = await Promise.all([one, other, one, other].map((process) => submitWith(process, [want])))
    assert.deepEqual(submitted.map(({ kind }) => kind).sort(), ['made', 'made', 'short', 'short'])
    assert.deepEqual(await standing(one, want), [0n, 80n, 0n])
    const leased = await one.ledger.lease([{ ...want, least: 21n, wish: 21n }])
    assert.equal(leased.ok, false)
  })

  check('has processes give back what they leased and do not need, this one too', async ({ one, other }) => {
    const want = freshWant()
    const recalled: string[] = []
    for (const [name, { ledger }] of Object.entries({ one, other }))
      ledger.listen({
        recall: (wanted) => recalled.push(...wanted.map(({ subject }) => `${name} ${subject}`)),
        fenced: () => undefined,
        crossed: () => undefined,
      })
    await leaseOf(one.ledger, { ...want, least: 30n, wish: 30n })
    await leaseOf(other.ledger, { ...want, least: 31n, wish: 31n })
    const submitted = await submitWith(one, [want])
    assert.ok(submitted.kind === 'short' && submitted.mayGrow)
    const end = performance.now() + 2_000
    while (recalled.length < 2 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 5))
    assert.deepEqual([...new Set(recalled)].sort(), [`one ${want.subject}`, `other ${want.subject}`])
  })

  check('is taken once for jobs that are one by their key', async ({ one }) => {
    const want = freshWant()
    const key = { name: `held ${want.subject}`, asked: 'a', keepMs: dayMs }
    const submissions = [1, 2].map(() => ({ order: orderOf({ holds: true }), key, wants: [want] }))
    const kinds = (await one.jobs.submit(submissions)).map(({ kind }) => kind)
    assert.deepEqual(kinds, ['made', 'known'])
    assert.deepEqual(await standing(one, want), [0n, 40n, 0n])
  })
}

const spending = (check: JobCheck): void => {
  for (const end of ['succeeded', 'failed', 'cancelled'] as const)
    check(`is given back when the job is ${end}, without what was used`, async ({ one, other }) => {
      const want = freshWant()
      const id = idOf(await submitWith(one, [want]))
      const claimed = await claimOne(other)
      const [part] = claimed.aside
      assert.ok(part)
      assert.deepEqual([part.allowance, part.subject, part.amount], [want.allowance, want.subject, 40n])
      assert.deepEqual(await standing(one, want), [0n, 40n, 0n])
      await finish(other, claimed, ends[end], { spent: [{ slice: part.slice, used: 15n }] })
      assert.deepEqual(await standing(one, want), [15n, 0n, 0n])
      assert.equal((await found(one, id)).heldNanos, 0n)
    })

  check('is given back when a job that waits is cancelled, or its deadline passes', async (opened) => {
    const { one, pass, now } = opened
    const want = freshWant()
    const cancelled = idOf(await submitWith(one, [want]))
    idOf(await submitWith(one, [want], { deadlineAt: now() + minuteMs }))
    assert.deepEqual(await standing(one, want), [0n, 80n, 0n])
    assert.equal((await one.jobs.cancel(cancelled))?.heldNanos, 0n)
    pass(2 * minuteMs)
    await one.jobWork.sweep(rules)
    assert.deepEqual(await standing(one, want), [0n, 0n, 0n])
  })

  for (const end of ['again', 'released'] as const)
    check(`stays with a job that is ${end}, as far as it was not used`, async ({ one, other }) => {
      const want = freshWant()
      const id = idOf(await submitWith(one, [want]))
      const first = await claimOne(one)
      await finish(one, first, ends[end], { spent: [{ slice: there(first.aside[0]).slice, used: 15n }] })
      assert.deepEqual(await standing(one, want), [15n, 25n, 0n])
      assert.equal((await found(other, id)).heldNanos, 25n)
      const second = await claimOne(other)
      assert.equal(second.aside[0]?.amount, 25n)
      await finish(other, second, ends.succeeded, { spent: [{ slice: there(second.aside[0]).slice, used: 30n }] })
      // It cost more than was left: that is the truth all the same.
      assert.deepEqual(await standing(one, want), [45n, 0n, 0n])
    })

  check('is charged when its attempt is lost, until that says what it used', async ({ one, other, pass }) => {
    const want = freshWant()
    const id = idOf(await submitWith(one, [want]))
    const lost = await claimOne(one)
    pass(2 * minuteMs)
    await other.jobWork.sweep(rules)
    assert.deepEqual(await standing(other, want), [40n, 0n, 40n])
    assert.equal((await found(other, id)).heldNanos, 0n)
    const again = await claimOne(other)
    assert.deepEqual(again.aside, [])
    const spent = [{ slice: there(lost.aside[0]).slice, used: 15n }]
    assert.equal(await finish(one, lost, ends.succeeded, { spent }), false)
    assert.equal(await finish(one, lost, ends.succeeded, { spent }), false)
    assert.deepEqual(await standing(other, want), [15n, 0n, 0n])
    await finish(other, again)
    assert.deepEqual(await standing(other, want), [15n, 0n, 0n])
  })
}

const dying = (check: JobCheck): void => {
  for (const end of ['again', 'succeeded'] as const)
    check(
      `is charged while its process is taken for dead, and not when its attempt is ${end} all the same`,
      async (opened) => {
        const { one, other } = opened
        const want = freshWant()
        const id = idOf(await submitWith(one, [want]))
        const claimed = await claimOne(one)
        await opened.fence()
        await becomesTrue(async () => (await standing(other, want))[2] === 40n)
        assert.deepEqual(await standing(other, want), [40n, 0n, 40n])
        const spent = [{ slice: there(claimed.aside[0]).slice, used: 15n }]
        assert.equal(await finish(one, claimed, ends[end], { spent }), true)
        assert.deepEqual(await standing(other, want), end === 'again' ? [15n, 25n, 0n] : [15n, 0n, 0n])
        assert.equal((await found(one, id)).heldNanos, end === 'again' ? 25n : 0n)
      },
    )

  check('is as before for a job that waits, whoever dies', async (opened) => {
    const { one, other } = opened
    const [waiting, running] = [freshWant(), freshWant()]
    const id = idOf(await submitWith(one, [running]))
    await claimOne(one)
    await submitWith(one, [waiting])
    await opened.fence()
    await becomesTrue(async () => (await standing(other, running))[2] === 40n)
    assert.deepEqual(await standing(other, waiting), [0n, 40n, 0n])
    await one.jobs.cancel(id)
  })
}

const periods = (check: JobCheck): void => {
  check('ends with its period: what begins later is not paid by what was', async ({ one, pass }) => {
    const want = freshWant({ window: hourly })
    const waits = idOf(await submitWith(one, [want]))
    idOf(await submitWith(one, [want]))
    pass(61 * minuteMs)
    const claimed = await claimOne(one)
    assert.deepEqual(claimed.aside, [])
    await one.jobWork.sweep(rules)
    assert.equal((await found(one, waits)).heldNanos, 0n)
    assert.deepEqual(
      (await standing(one, want)).slice(0, 2).map((amount) => amount ?? 0n),
      [0n, 0n],
    )
  })

  check('counts in a rolling window from when it is spent', async ({ one, pass }) => {
    const want = freshWant({ window: rolling })
    idOf(await submitWith(one, [want]))
    pass(40 * minuteMs)
    const claimed = await claimOne(one, dayMs)
    assert.equal(claimed.aside[0]?.amount, 40n)
    assert.deepEqual(await standing(one, want), [0n, 40n, 0n])
    await finish(one, claimed, ends.succeeded, { spent: [{ slice: there(claimed.aside[0]).slice, used: 40n }] })
    pass(40 * minuteMs)
    assert.deepEqual(await standing(one, want), [40n, 0n, 0n])
  })
}

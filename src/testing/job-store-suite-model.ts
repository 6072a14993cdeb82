import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isTerminal, type Job } from '../core/job.ts'
import type { ClaimedJob } from '../stores/job-store.ts'
import {
  claim,
  ends,
  finish,
  found,
  type JobCheck,
  minuteMs,
  type OpenedJobs,
  submitOne,
} from './job-store-suite-parts.ts'

const step = fc.record({
  action: fc.constantFrom('submit', 'claim', 'claim', 'finish', 'finish', 'cancel', 'beat', 'lose'),
  by: fc.constantFrom('one', 'other'),
  which: fc.nat(7),
  end: fc.constantFrom('succeeded', 'failed', 'again', 'released', 'cancelled'),
  cost: fc.option(fc.nat(9), { nil: undefined }),
})
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never

/** A job as simply as it can be said. */
interface Known {
  state: Job['state']
  fence: number | undefined
  isStopping: boolean
  cost: bigint
  unknown: number
}

/** An attempt, until it told its cost. */
interface Try {
  readonly claimed: ClaimedJob
  readonly known: Known
  isLost: boolean
  isBooked: boolean
}

const isOver = ({ state }: Known): boolean => isTerminal(state)

/** Runs steps against a store and says what must have come of them. */
class Model {
  readonly jobs = new Map<string, Known>()
  readonly tries: Try[] = []
  readonly #opened: OpenedJobs
  readonly #owner: string

  constructor(opened: OpenedJobs, owner: string) {
    this.#opened = opened
    this.#owner = owner
  }

  async run({ action, by, which, end, cost }: Step): Promise<void> {
    const process = this.#opened[by]
    if (action === 'submit') {
      const id = await submitOne(process, { owner: this.#owner, webhook: 'a' })
      this.jobs.set(id, { state: 'queued', fence: undefined, isStopping: false, cost: 0n, unknown: 0 })
    } else if (action === 'claim') await this.#claim(by)
    else if (action === 'finish')
      await this.#finish(by, this.tries.at(which % Math.max(1, this.tries.length)), end, cost)
    else if (action === 'cancel') await this.#cancel(by, [...this.jobs.keys()][which])
    else if (action === 'beat') await this.#beat(by)
    else await this.#lose(by)
  }

  /** Everything is as it must be: nothing is lost, no end has changed, sums are right. */
  async check(): Promise<void> {
    for (const [id, known] of this.jobs) {
      const job = await found(this.#opened.one, id)
      assert.deepEqual(
        [job.state, job.isStopping, job.costNanos, job.unknownCosts],
        [known.state, known.isStopping && !isOver(known), known.cost, known.unknown],
      )
    }
    const events = await this.#opened.other.webhooks.events({ owner: this.#owner, limit: 1_000 })
    const ended = [...this.jobs].filter(([, known]) => isOver(known))
    assert.deepEqual(
      events.map(({ job, state }) => `${job} ${state}`).sort(),
      ended.map(([id, { state }]) => `${id} ${state}`).sort(),
    )
  }

  async #claim(by: Step['by']): Promise<void> {
    const expected = [...this.jobs].filter(([, { state }]) => state === 'queued').length
    const claimed = await claim(this.#opened[by], 2)
    assert.equal(claimed.length, Math.min(2, expected))
    for (const each of claimed) {
      const known = this.jobs.get(each.job.id) ?? assert.fail(`${each.job.id} is of nobody`)
      assert.equal(known.state, 'queued')
      Object.assign(known, { state: 'running', fence: each.fence })
      this.tries.push({ claimed: each, known, isLost: false, isBooked: false })
    }
  }

  async #finish(by: Step['by'], tried: Try | undefined, kind: Step['end'], cost: number | undefined): Promise<void> {
    if (!tried) return
    const { known, claimed } = tried
    const costNanos = cost === undefined ? undefined : BigInt(cost)
    const taken = await finish(this.#opened[by], claimed, ends[kind], { costNanos })
    assert.equal(taken, known.fence === claimed.fence)
    if (!tried.isBooked) {
      known.cost += costNanos ?? 0n
      known.unknown += (costNanos === undefined ? 1 : 0) - (tried.isLost ? 1 : 0)
      tried.isBooked = true
    }
    if (!taken) return
    known.fence = undefined
    if (known.isStopping) known.state = 'cancelled'
    else known.state = kind === 'again' || kind === 'released' ? 'queued' : kind
  }

  async #cancel(by: Step['by'], id: string | undefined): Promise<void> {
    const known = id === undefined ? undefined : this.jobs.get(id)
    if (!known || id === undefined) return
    await this.#opened[by].jobs.cancel(id)
    if (known.state === 'queued') known.state = 'cancelled'
    else if (known.state === 'running') known.isStopping = true
  }

  async #beat(by: Step['by']): Promise<void> {
    const fences = this.tries.map(({ claimed }) => claimed.fence)
    const { lost, stopping } = await this.#opened[by].jobWork.beat(fences, minuteMs)
    const held = (each: Try): boolean => each.known.fence === each.claimed.fence
    assert.deepEqual(
      lost,
      this.tries.filter((each) => !held(each)).map(({ claimed }) => claimed.fence),
    )
    assert.deepEqual(
      stopping,
      this.tries.filter((each) => held(each) && each.known.isStopping).map(({ claimed }) => claimed.fence),
    )
  }

  /** Every worker that has a job is lost. */
  async #lose(by: Step['by']): Promise<void> {
    this.#opened.pass(2 * minuteMs)
    await this.#opened[by].jobWork.sweep({ maxCrashes: 1_000 })
    for (const tried of this.tries) {
      const { known, claimed } = tried
      if (known.fence !== claimed.fence) continue
      tried.isLost = true
      known.unknown++
      known.fence = undefined
      known.state = known.isStopping ? 'cancelled' : 'queued'
    }
  }
}

/** Any order of what several processes do leaves each job with one end, nothing lost, and the right sums. */
export const jobModel = (check: JobCheck): void => {
  check('have one end each, whatever happens in whichever order', async (opened) => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const model = new Model(opened, `team:${++run}`)
        for (const each of steps) await model.run(each)
        await model.check()
        for (const id of model.jobs.keys())
          await model.run({
            action: 'cancel',
            by: 'one',
            which: [...model.jobs.keys()].indexOf(id),
            end: 'again',
            cost: 0,
          })
        await model.run({ action: 'lose', by: 'other', which: 0, end: 'again', cost: 0 })
        await model.check()
      }),
      { numRuns: 15, endOnFailure: true },
    )
  })

  check('are cancelled or done, never both, when both happen at once', async (opened) => {
    await raceEnds(opened, 40, 1)
  })
}

/** Cancels jobs while they are finished, in any order; each has one end, which stays. */
export const raceEnds = async ({ one, other }: OpenedJobs, count: number, seed: number): Promise<void> => {
  const before = fc.sample(fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()), { numRuns: count, seed })
  for (const [isClaimed, isCancelFirst, isElsewhere] of before) {
    const id = await submitOne(one, { webhook: 'a' })
    const [claimed] = isClaimed ? await claim(one) : []
    const cancel = () => (isElsewhere ? other : one).jobs.cancel(id)
    const done = async () => {
      const mine = claimed ?? (await claim(one))[0]
      return mine ? await finish(one, mine) : undefined
    }
    const both = isCancelFirst ? [cancel(), done()] : [done(), cancel()]
    const [first, second] = await Promise.all(both)
    const job = await found(other, id)
    assert.ok(job.state === 'succeeded' || job.state === 'cancelled', job.state)
    const told = (isCancelFirst ? first : second) as Job
    // Who was told that it is cancelled, or is to stop, was told the truth.
    if (told.state !== 'succeeded') assert.equal(job.state, 'cancelled')
    await one.jobs.cancel(id)
    if (claimed) assert.equal(await finish(other, claimed, ends.failed), false)
    assert.deepEqual(await found(one, id), job)
    assert.equal((await one.webhooks.events({ job: id, limit: 9 })).length, 1)
  }
}

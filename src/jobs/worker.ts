import { GatewayError } from '../core/errors.ts'
import type { Job } from '../core/job.ts'
import { Stop } from '../core/stop.ts'
import { noUsage } from '../core/usage.ts'
import type { ClaimedJob, Finished, JobWork } from '../stores/job-store.ts'
import { type Attempted, type AttemptOptions, attempt, type Hold, type Interruption } from './attempt.ts'
import type { Answering, Bell, Task } from './bell.ts'
import { Claims } from './claims.ts'
import { createEnds } from './ends.ts'
import { Heartbeat } from './heartbeat.ts'
import type { News } from './news.ts'
import { Pieces } from './pieces.ts'

export interface WorkerOptions extends AttemptOptions {
  /** What attempts are known by. */
  readonly name: string
  readonly concurrency: number
  readonly leaseMs: number
  readonly work: JobWork
  readonly bell: Pick<Bell, 'answer'>
  readonly news: News
  /** Fulfilled when what calls have cost until now stands in the ledger. */
  booked(): Promise<void>
  /** Told of each attempt that ended here; `taken`: it was still this worker's. */
  ended(attempted: Attempted, about: { readonly job: Job; readonly ms: number; readonly taken: boolean }): void
  /** Told when another attempt at a job is due at a moment to come, in Unix milliseconds. */
  later(at: number): void
  failed(cause: unknown, message: string): void
}

/** How a worker ends. */
export interface Ending {
  /** So long it may go on with what it has, in milliseconds; then it gives it back. */
  readonly graceMs: number
  /** Pulled: no more waiting. */
  readonly hurry?: AbortSignal | undefined
}

/** Does jobs until it is closed. */
export interface Worker {
  /** Jobs under way here. */
  readonly running: number
  /** Takes no more; fulfilled when everything it had is done or given back, so that others do it at once. */
  close(ending: Ending): Promise<void>
}

const reasons: Readonly<Record<Interruption, () => GatewayError>> = {
  cancelled: () => new GatewayError('cancelled', 'The job was cancelled.', { outcome: 'cancelled' }),
  released: () => new GatewayError('cancelled', 'The worker stops; the job is given back.', { outcome: 'cancelled' }),
  lost: () => new GatewayError('cancelled', 'The job belongs to another worker by now.', { outcome: 'cancelled' }),
}

export const startWorker = (options: WorkerOptions): Worker => new BellWorker(options)

/** After a failure of the store the end of an attempt is told again this soon. */
const againMs = 1_000

class BellWorker implements Worker {
  readonly #options: WorkerOptions
  readonly #holds = new Map<number, Hold>()
  readonly #claims: Claims
  readonly #heart: Heartbeat
  readonly #answering: Answering
  readonly #leave: (() => void)[]
  readonly #finish: (finished: Finished) => Promise<boolean>

  constructor(options: WorkerOptions) {
    const { work, leaseMs, concurrency, name, bell, news } = options
    this.#options = options
    this.#finish = createEnds({ work, booked: () => options.booked() })
    this.#heart = new Heartbeat({
      work,
      leaseMs,
      lost: (fence) => this.#interrupt(this.#holds.get(fence), 'lost'),
      stopping: (fence) => this.#interrupt(this.#holds.get(fence), 'cancelled'),
      failed: (cause) => options.failed(cause, 'Leases of jobs could not be prolonged.'),
    })
    this.#claims = new Claims({
      room: () => concurrency - this.#holds.size,
      // The others are done while these are claimed: the store and the gateway have work at the same time.
      most: Math.ceil(concurrency / 2),
      claim: (most) => work.claim({ worker: name, most, leaseMs }),
      taken: (claimed) => this.#hold(claimed),
    })
    this.#leave = [
      work.watch((changed) => changed.work && this.#heart.look()),
      news.onStop((job) => this.#interruptJob(job)),
    ]
    this.#answering = bell.answer({ concurrency, take: () => this.#take() })
  }

  get running(): number {
    return this.#holds.size
  }

  async close({ graceMs, hurry }: Ending): Promise<void> {
    const over = this.#answering.close()
    for (const hold of await this.#claims.close()) await this.#end(released(hold))
    await withinGrace(over, graceMs, hurry)
    for (const hold of this.#holds.values()) this.#interrupt(hold, 'released')
    await over
    for (const leave of this.#leave) leave()
    this.#heart.close()
  }

  async #take(): Promise<Task | undefined> {
    const hold = await this.#claims.next()
    return hold && (() => this.#run(hold))
  }

  #hold(claimed: ClaimedJob): Hold {
    const { job, fence } = claimed
    const pieces = new Pieces(claimed.attempt, (piece) => {
      const { work, news } = this.#options
      work.pieces(fence, [piece]).then(
        () => news.changed(job.id),
        () => undefined,
      )
    })
    const hold: Hold = { claimed, stop: new Stop(), interruption: undefined, pieces }
    this.#holds.set(fence, hold)
    this.#heart.add(fence)
    this.#options.news.changed(job.id)
    if (job.isStopping) this.#interrupt(hold, 'cancelled')
    return hold
  }

  async #run(hold: Hold): Promise<void> {
    const began = performance.now()
    const attempted = await attempt(hold, this.#options)
    hold.pieces.end()
    const taken = await this.#end(attempted.finished)
    this.#options.ended(attempted, { job: hold.claimed.job, ms: performance.now() - began, taken })
  }

  /** Tells the store how an attempt ended, again and again as long as the claim may still be this worker's. */
  async #end(finished: Finished): Promise<boolean> {
    const { leaseMs, files, news, later, failed } = this.#options
    const until = performance.now() + leaseMs
    let taken: boolean | undefined
    while (taken === undefined) {
      try {
        taken = await this.#finish(finished)
      } catch (thrown) {
        failed(thrown, 'The end of a job could not be written down.')
        if (performance.now() > until) break
        await new Promise((resolve) => setTimeout(resolve, againMs))
      }
    }
    this.#holds.delete(finished.fence)
    this.#heart.remove(finished.fence)
    news.changed(finished.id)
    const { end } = finished
    if (end.kind === 'again') later(end.runAt)
    // Nobody will ever ask for it.
    const body = 'result' in end ? end.result?.body : undefined
    if (taken === false && body && 'file' in body) void files.remove(body.file).catch(() => false)
    return taken === true
  }

  #interruptJob(job: string): void {
    for (const hold of this.#holds.values()) if (hold.claimed.job.id === job) this.#interrupt(hold, 'cancelled')
  }

  #interrupt(hold: Hold | undefined, why: Interruption): void {
    if (!hold || hold.interruption !== undefined) return
    hold.interruption = why
    hold.stop.abort(reasons[why]())
  }
}

const released = ({ claimed: { fence, job } }: Hold): Finished => ({
  fence,
  id: job.id,
  call: undefined,
  costNanos: 0n,
  usage: noUsage,
  end: { kind: 'released' },
})

const withinGrace = (over: Promise<void>, graceMs: number, hurry: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      hurry?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, graceMs)
    hurry?.addEventListener('abort', end, { once: true })
    if (hurry?.aborted) end()
    void over.then(end, end)
  })

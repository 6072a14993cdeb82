import { setTimeout as sleep } from 'node:timers/promises'
import { type Job, Worker } from 'bullmq'
import type { Answerer, Answering } from './bell.ts'
import { createFailing, type Report } from './failing.ts'
import { answerHeld, type Held, mostHeldMs } from './held.ts'
import { type Patient, reasonOf } from './redis-connections.ts'
import { queueName, type RingData, ringOf } from './redis-ring.ts'
import { within } from './within.ts'

export interface RedisAnsweringOptions {
  readonly prefix: string
  readonly lockMs: number
  /** Its own: they are closed with it. */
  readonly redis: Patient
  readonly report: Report
  /** Rings for whoever is there. */
  readonly ringAgain: () => Promise<void>
}

/** Answers rings by a worker of BullMQ, which prolongs their locks and lets them ring again when a process stops doing so. */
export class RedisAnswering implements Answering {
  readonly #answerer: Answerer
  readonly #options: RedisAnsweringOptions
  readonly #stop = new AbortController()
  readonly #failing = createFailing()
  readonly #inHand = new Set<Promise<void>>()
  readonly #worker: Worker<RingData>
  #closing: Promise<void> | undefined

  constructor(answerer: Answerer, options: RedisAnsweringOptions) {
    this.#answerer = answerer
    this.#options = options
    const { redis, prefix, lockMs, report } = options
    this.#worker = new Worker<RingData>(queueName, (job) => this.#keep(job), {
      connection: redis.connection,
      prefix,
      concurrency: answerer.concurrency,
      lockDuration: lockMs,
      stalledInterval: lockMs / 2,
      // Whether a job is to blame for what its workers die of is decided by its row.
      maxStalledCount: 1_000,
      drainDelay: 2,
      runRetryDelay: 500,
      skipVersionCheck: true,
    })
    this.#worker.on('error', (error) => {
      // The connections tell themselves what is wrong with them.
      if (/lock|missing key/i.test(error.message))
        report('Redis has given a ring of a job to somebody else; it may ring twice.', { reason: reasonOf(error) })
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const { redis } = this.#options
    const closed = this.#worker.close().catch(() => {})
    this.#stop.abort()
    await Promise.allSettled(this.#inHand)
    // With Redis away it would wait for it.
    if (redis.connection.status === 'ready') await within(closeMs, closed).catch(() => {})
    redis.end()
    await within(closeMs, closed).catch(() => {})
  }

  async #keep({ data }: Job<RingData>): Promise<void> {
    const answered = this.#answer(data)
    this.#inHand.add(answered)
    try {
      await answered
    } finally {
      this.#inHand.delete(answered)
    }
  }

  async #answer(data: RingData): Promise<void> {
    const { signal } = this.#stop
    let held: Held
    try {
      held = await answerHeld(ringOf(data), this.#answerer, { isOpen: () => !signal.aborted, mostMs: mostHeldMs })
      this.#failing.passed()
    } catch (err) {
      this.#options.report('A ring of a job could not be answered; it rings again.', { err })
      await sleep(this.#failing.failed(), undefined, { signal }).catch(() => {})
      // What is thrown is kept in Redis, so it says nothing.
      throw new Error('rings again')
    }
    if (held === 'more') await this.#options.ringAgain()
  }
}

const closeMs = 2_000

import { type Job, Worker } from 'bullmq'
import type { Answerer, Answering } from './bell.ts'
import type { Report } from './failing.ts'
import { lookMs } from './looks.ts'
import { Places } from './places.ts'
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

/** Hears rings by a worker of BullMQ, one after the other and as long as a place is free. What is done then is for the places to know. */
export class RedisAnswering implements Answering {
  readonly #options: RedisAnsweringOptions
  readonly #places: Places
  readonly #worker: Worker<RingData>
  #closing: Promise<void> | undefined

  constructor(answerer: Answerer, options: RedisAnsweringOptions) {
    this.#options = options
    const { redis, prefix, lockMs, report } = options
    this.#places = new Places(answerer, { report, lookMs })
    this.#worker = new Worker<RingData>(queueName, (job) => this.#hear(job), {
      connection: redis.connection,
      prefix,
      lockDuration: lockMs,
      stalledInterval: lockMs / 2,
      // What was heard and rings again costs a question, whoever died meanwhile.
      maxStalledCount: 1_000,
      drainDelay: 2,
      runRetryDelay: 500,
      skipVersionCheck: true,
    })
    this.#worker.on('error', (error) => {
      // Connections tell themselves what is wrong with them, and a ring that was lost or given to somebody else was heard already.
      if (error.name === 'ReplyError') report('Redis gives no rings of jobs.', { reason: reasonOf(error) })
    })
    // Jobs may have been there before it.
    this.#places.wake([])
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const { redis, ringAgain } = this.#options
    const { isIdle } = this.#places
    const done = this.#places.close()
    const closed = this.#worker.close().catch(() => {})
    await done
    // What was given back is for others.
    if (!isIdle) await ringAgain().catch(() => {})
    // With Redis away it would wait for it.
    if (redis.connection.status === 'ready') await within(closeMs, closed).catch(() => {})
    redis.end()
    await within(closeMs, closed).catch(() => {})
  }

  /** A ring that fills the last place is kept until another one is free, so that the next ring is left for those who have one. */
  async #hear({ data }: Job<RingData>): Promise<void> {
    this.#places.hear(ringOf(data))
    await this.#places.free()
  }
}

const closeMs = 2_000

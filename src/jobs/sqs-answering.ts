import { setTimeout as sleep } from 'node:timers/promises'
import { isObject } from '../core/json.ts'
import type { Answerer, Answering, Ring } from './bell.ts'
import { createFailing, type Report } from './failing.ts'
import { answerHeld, type Held, mostHeldMs } from './held.ts'
import type { SqsMessage, SqsQueue } from './sqs-queue.ts'
import { reasonOf } from './sqs-reason.ts'

export interface SqsAnsweringOptions {
  readonly queue: SqsQueue
  readonly report: Report
  readonly holdSeconds: number
  /** Rings for whoever is there. */
  readonly ringAgain: () => Promise<void>
}

/** Answers the messages of a queue, and keeps them from others while their jobs are done. */
export class SqsAnswering implements Answering {
  readonly #answerer: Answerer
  readonly #options: SqsAnsweringOptions
  readonly #stop = new AbortController()
  /** By their receipts. */
  readonly #held = new Map<string, Promise<void>>()
  readonly #failing = createFailing()
  readonly #heartbeat: NodeJS.Timeout
  readonly #polling: Promise<void>
  #placeFree = Promise.withResolvers<void>()

  constructor(answerer: Answerer, options: SqsAnsweringOptions) {
    this.#answerer = answerer
    this.#options = options
    this.#heartbeat = setInterval(() => void this.#prolong(), (options.holdSeconds * 1_000) / 3)
    this.#polling = this.#poll()
  }

  async close(): Promise<void> {
    this.#stop.abort()
    this.#placeFree.resolve()
    await this.#polling
    await Promise.all(this.#held.values())
    clearInterval(this.#heartbeat)
  }

  async #poll(): Promise<void> {
    const { signal } = this.#stop
    const away = createFailing()
    while (!signal.aborted) {
      try {
        await this.#receive(signal)
        away.passed()
      } catch (error) {
        if (signal.aborted) return
        this.#tell('SQS cannot be asked for rings of jobs; they go on when it can.', error)
        await sleep(away.failed(), undefined, { signal }).catch(() => {})
      }
    }
  }

  async #receive(signal: AbortSignal): Promise<void> {
    const { queue, holdSeconds } = this.#options
    const free = this.#answerer.concurrency - this.#held.size
    if (free <= 0) return this.#placeFree.promise
    for (const message of await queue.receive(free, holdSeconds, signal)) this.#keep(message)
  }

  #keep(message: SqsMessage): void {
    const answered = this.#answer(message).finally(() => {
      this.#held.delete(message.receipt)
      this.#placeFree.resolve()
      this.#placeFree = Promise.withResolvers()
    })
    this.#held.set(message.receipt, answered)
  }

  async #answer({ body, receipt, receives }: SqsMessage): Promise<void> {
    const { queue, report, ringAgain } = this.#options
    const { signal } = this.#stop
    try {
      const limits = { isOpen: () => !signal.aborted, mostMs: mostHeldMs }
      const held: Held = await answerHeld(ringOf(body), this.#answerer, limits)
      this.#failing.passed()
      if (held === 'more') await ringAgain()
    } catch (err) {
      report('A ring of a job could not be answered; it rings again.', { err })
      await sleep(this.#failing.failed(), undefined, { signal }).catch(() => {})
      // Where that fails it rings when its time is over.
      await queue.hold([receipt], Math.min(receives - 1, mostWaitSeconds)).catch(() => {})
      return
    }
    // Where that fails it rings once more, for nothing.
    await queue.remove(receipt).catch((error: unknown) => {
      this.#tell('SQS did not remove a ring of a job that was answered; it may ring twice.', error)
    })
  }

  async #prolong(): Promise<void> {
    if (this.#held.size === 0) return
    const { queue, holdSeconds } = this.#options
    await queue.hold([...this.#held.keys()], holdSeconds).catch((error: unknown) => {
      this.#tell('SQS did not prolong rings of jobs; they may ring twice.', error)
    })
  }

  #tell(message: string, error: unknown): void {
    this.#options.report(message, { reason: reasonOf(error) })
  }
}

const mostWaitSeconds = 5

/** Undefined: look. Whatever else somebody puts into the queue is no more than that. */
const ringOf = (body: string): Ring | undefined => {
  try {
    const { job, owner } = asObject(JSON.parse(body))
    return typeof job === 'string' && typeof owner === 'string' ? { job, owner } : undefined
  } catch {
    return undefined
  }
}

const asObject = (value: unknown): Readonly<Record<string, unknown>> => (isObject(value) ? value : {})

import { setTimeout as sleep } from 'node:timers/promises'
import { isObject } from '../core/json.ts'
import type { Answerer, Answering, Ring } from './bell.ts'
import { createFailing, type Report } from './failing.ts'
import { lookMs } from './looks.ts'
import { Places } from './places.ts'
import { keepInHand } from './sqs-hand.ts'
import type { SqsQueue } from './sqs-queue.ts'
import { reasonOf } from './sqs-reason.ts'

export interface SqsAnsweringOptions {
  readonly queue: SqsQueue
  readonly report: Report
  readonly holdSeconds: number
  /** Rings for whoever is there. */
  readonly ringAgain: () => Promise<void>
}

/**
 * Hears the messages of a queue as long as a place is free, one batch after the other: the next when the store has answered the one before,
 * so that never more than one is in hand. What is done then is for the places to know.
 */
export class SqsAnswering implements Answering {
  readonly #options: SqsAnsweringOptions
  readonly #stop = new AbortController()
  readonly #places: Places
  readonly #polling: Promise<void>
  #closing: Promise<void> | undefined

  constructor(answerer: Answerer, options: SqsAnsweringOptions) {
    this.#options = options
    this.#places = new Places(answerer, { report: options.report, lookMs })
    this.#polling = this.#poll()
    // Jobs may have been there before it.
    this.#places.wake([])
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const { isIdle } = this.#places
    this.#stop.abort()
    await Promise.all([this.#places.close(), this.#polling])
    // What was given back is for others.
    if (!isIdle) await this.#options.ringAgain().catch(() => {})
  }

  async #poll(): Promise<void> {
    const { signal } = this.#stop
    const away = createFailing()
    while (!signal.aborted) {
      try {
        await this.#hear(signal)
        away.passed()
      } catch (error) {
        if (signal.aborted) return
        this.#tell('SQS cannot be asked for rings of jobs; they go on when it can.', error)
        await sleep(away.failed(), undefined, { signal }).catch(() => {})
      }
    }
  }

  async #hear(signal: AbortSignal): Promise<void> {
    const { queue, holdSeconds } = this.#options
    await this.#places.free()
    if (signal.aborted) return
    const messages = await queue.receive(this.#places.room, holdSeconds, signal)
    const [first] = messages
    if (!first) return
    this.#places.hear(ringOf(first.body))
    const receipts = messages.map(({ receipt }) => receipt)
    await keepInHand(receipts, this.#places.answered(), { queue, holdSeconds, tell: this.#tell })
  }

  readonly #tell = (message: string, error: unknown): void => {
    this.#options.report(message, { reason: reasonOf(error) })
  }
}

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

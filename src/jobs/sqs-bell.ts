import { createHash, randomUUID } from 'node:crypto'
import { GatewayError } from '../core/errors.ts'
import type { Answering, Bell, Ring } from './bell.ts'
import { type Report, sparingly } from './failing.ts'
import { missingRings } from './looks.ts'
import { SqsAnswering } from './sqs-answering.ts'
import { type SqsEngine, SqsQueue } from './sqs-queue.ts'
import { reasonOf } from './sqs-reason.ts'
import { within } from './within.ts'

export interface SqsBellOptions {
  readonly engine: SqsEngine
  readonly report: Report
  /** So long a message is kept for a worker that died with it, in seconds. Default 30. */
  readonly holdSeconds?: number | undefined
  /** So long the engine may take for an answer, in milliseconds. Default 1 900. */
  readonly askMs?: number | undefined
}

/**
 * Rings are messages that hold nothing but a name. Nothing is asked of the order in which they come: whichever comes first, the rows decide
 * what is done. A message is removed as soon as it was heard.
 */
export const createSqsBell = ({ engine, holdSeconds = 30, askMs = usualAskMs, ...options }: SqsBellOptions): Bell => {
  const report = sparingly(options.report)
  const queue = new SqsQueue(engine)
  const all = new Set<Answering>()

  const asked = async <T>(what: () => Promise<T>): Promise<T> => {
    try {
      return await within(askMs, what())
    } catch (error) {
      throw new GatewayError('store_unavailable', `SQS did not take the rings of jobs: ${reasonOf(error)}.`)
    }
  }
  const send = (bodies: readonly Body[]): Promise<void> =>
    asked(async () => {
      const isFifo = await queue.isFifo()
      await queue.send(
        bodies.map((body, index) => entryOf(body, `${index}`, isFifo)),
        askMs,
      )
    })
  const waiting = (): Promise<number> => asked(() => queue.waiting(askMs))

  return {
    ring: async (rings) => {
      if (rings.length > 0) await send(rings)
    },
    look: async (due) => {
      const missing = await missingRings(await due(), waiting)
      if (missing > 0) await send(Array.from({ length: missing }, () => ({})))
    },
    answer: (answerer) => {
      const answering = new SqsAnswering(answerer, { queue, report, holdSeconds, ringAgain: () => send([{}]) })
      const close = async (): Promise<void> => {
        await answering.close()
        all.delete(answering)
      }
      all.add(answering)
      return { close }
    },
    waiting,
    close: async () => {
      await Promise.all([...all].map((answering) => answering.close()))
      queue.close()
    },
  }
}

const usualAskMs = 1_900

/** A ring; empty: look. */
type Body = Partial<Ring>

/**
 * A standard queue is told whose ring it is, so that it keeps those of one owner from standing before those of others. In a FIFO queue a
 * group is one after the other, so there every ring is a group of its own; and each is sent under a name of its own, so that a job that
 * rings again is not taken for a copy.
 */
const entryOf = (body: Body, Id: string, isFifo: boolean) => {
  const name = randomUUID()
  const owner = body.owner === undefined ? undefined : digest(body.owner)
  const group = isFifo ? { MessageGroupId: name, MessageDeduplicationId: name } : owner && { MessageGroupId: owner }
  return { Id, MessageBody: JSON.stringify({ job: body.job, owner: body.owner }), ...group }
}

/** Owners' names are not for the log of a queue. */
const digest = (owner: string): string => createHash('sha256').update(owner).digest('base64url').slice(0, 22)

import { Queue } from 'bullmq'
import { GatewayError } from '../core/errors.ts'
import type { Answering, Bell } from './bell.ts'
import { type Report, sparingly } from './failing.ts'
import { missingRings } from './looks.ts'
import { RedisAnswering } from './redis-answering.ts'
import { connectRedis, reasonOf } from './redis-connections.ts'
import { namedRing, namelessRing, queueName, type RingData } from './redis-ring.ts'
import { within } from './within.ts'

export interface RedisBellOptions {
  readonly url: string
  /** Before every key. Braces keep them in one slot of a cluster. */
  readonly prefix: string
  readonly report: Report
  /** So long a ring is kept for a worker that gives no sign of life, in milliseconds. Default 15 000. */
  readonly lockMs?: number | undefined
  /** So long the engine may take for an answer, in milliseconds. Default 1 900. */
  readonly askMs?: number | undefined
}

/**
 * Rings are jobs of BullMQ that hold nothing but a name. They have no priority there: whichever rings first, the rows decide what is
 * done. Connecting goes on in the background; until then, and whenever Redis is away, ringing fails at once.
 */
export const createRedisBell = (options: RedisBellOptions): Bell => {
  const { prefix, lockMs = 15_000, askMs = usualAskMs } = options
  const report = sparingly(options.report)
  const redis = connectRedis(options.url, report)
  const queue = new Queue<RingData>(queueName, {
    connection: redis.quick,
    prefix,
    skipVersionCheck: true,
    skipWaitingForReady: true,
    skipMetasUpdate: true,
  })
  // The connection itself tells what is wrong with it.
  queue.on('error', () => {})
  const all = new Set<Answering>()

  const asked = async <T>(what: () => Promise<T>): Promise<T> => {
    try {
      return await within(askMs, redis.tried.then(what))
    } catch (error) {
      throw new GatewayError('store_unavailable', `Redis did not take the rings of jobs: ${reasonOf(error)}.`)
    }
  }
  const add = async (jobs: Parameters<typeof queue.addBulk>[0]): Promise<void> => {
    for (let from = 0; from < jobs.length; from += mostAtOnce)
      await asked(() => queue.addBulk(jobs.slice(from, from + mostAtOnce)))
  }
  const waiting = (): Promise<number> => asked(() => queue.getJobCountByTypes('wait', 'delayed', 'prioritized'))

  return {
    ring: (rings) => add(rings.map(namedRing)),
    look: async (due) => {
      await add(Array.from({ length: await missingRings(await due(), waiting) }, () => namelessRing))
    },
    answer: (answerer) => {
      const answering = new RedisAnswering(answerer, {
        prefix,
        lockMs,
        redis: redis.patient(),
        report,
        ringAgain: () => add([namelessRing]),
      })
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
      await queue.close().catch(() => {})
      redis.close()
    },
  }
}

const usualAskMs = 1_900
const mostAtOnce = 1_000

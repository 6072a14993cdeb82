import type { Ring } from './bell.ts'

/** A ring as BullMQ keeps it; empty: look. */
export type RingData = Partial<Ring>

/** The queue of BullMQ that rings are in. */
export const queueName = 'rings'

/** Nothing is kept of a ring that was answered; one that nobody could answer is given up in the end, since `look` makes up for it. */
const once = {
  removeOnComplete: true,
  removeOnFail: true,
  attempts: 60,
  backoff: { type: 'fixed', delay: 1_000, jitter: 0.5 },
  stackTraceLimit: 0,
} as const

/** A job that rings already rings once; while that one is being answered, once more afterwards. */
export const namedRing = ({ job, owner }: Ring) => ({
  name: 'ring',
  data: { job, owner },
  opts: { ...once, deduplication: { id: job, keepLastIfActive: true } },
})

/** A ring for whatever there is. */
export const namelessRing = { name: 'ring', data: {}, opts: once } as const

/** Undefined: look. */
export const ringOf = ({ job, owner }: RingData): Ring | undefined =>
  job === undefined || owner === undefined ? undefined : { job, owner }

import type { Ring } from './bell.ts'

/** A ring as BullMQ keeps it; empty: look. */
export type RingData = Partial<Ring>

/** The queue of BullMQ that rings are in. */
export const queueName = 'rings'

/** Nothing is kept of a ring that was heard. */
const once = { removeOnComplete: true, removeOnFail: true } as const

/** A job that rings already rings once; while that one is being heard, once more afterwards. */
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

import type { Answerer, Ring } from './bell.ts'

/** What became of a ring: nothing is left to do, or others should go on. */
export type Held = 'done' | 'more'

export interface Holding {
  /** False once no more should be taken. */
  readonly isOpen: () => boolean
  /** For so long jobs are taken for one ring, in milliseconds. */
  readonly mostMs: number
}

/** Does jobs for one ring, one after the other, until there is none. Rejects when one could not be taken, or be done with. */
export const answerHeld = async (
  ring: Ring | undefined,
  { take }: Answerer,
  { isOpen, mostMs }: Holding,
): Promise<Held> => {
  const end = performance.now() + mostMs
  let asking = ring
  while (isOpen() && performance.now() < end) {
    const task = await take(asking)
    if (!task) return 'done'
    asking = undefined
    await task()
  }
  return 'more'
}

/** An engine keeps a ring for so long at most, in milliseconds: then it rings anew. */
export const mostHeldMs = 600_000

/** So many rings are kept waiting for jobs that lost theirs: each is answered for as long as there are jobs. */
export const mostLooks = 256

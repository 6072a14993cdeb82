import type { Finished, JobWork } from '../stores/job-store.ts'

export interface EndsOptions {
  readonly work: Pick<JobWork, 'finish'>
  /** Fulfilled when what calls have cost until now stands in the ledger. */
  booked(): Promise<void>
}

/** So many are told at once at most. */
const most = 256
/** A ledger that cannot be written for so long does not keep a job from its end: its cost is on the job as well. */
const bookedWithinMs = 10_000

interface Waiting {
  readonly finished: Finished
  readonly promise: PromiseWithResolvers<boolean>
}

/**
 * Tells the store how attempts ended; true for each that was taken. What they cost is booked first, so that a process that
 * dies in between leaves a job that is done once more, and never one that nobody paid for. What ends while others are
 * told is told with the next.
 */
export const createEnds = ({ work, booked }: EndsOptions): ((finished: Finished) => Promise<boolean>) => {
  let waiting: Waiting[] = []
  let isTelling = false

  const tell = async (told: readonly Waiting[]): Promise<void> => {
    try {
      if (told.some(({ finished }) => finished.call !== undefined)) await within(booked(), bookedWithinMs)
      const taken = await work.finish(told.map(({ finished }) => finished))
      for (const [index, { promise }] of told.entries()) promise.resolve(taken[index] === true)
    } catch (thrown) {
      for (const { promise } of told) promise.reject(thrown)
    }
  }

  const tellAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const told = waiting.slice(0, most)
      waiting = waiting.slice(most)
      await tell(told)
    }
    isTelling = false
  }

  return (finished) => {
    const promise = Promise.withResolvers<boolean>()
    waiting.push({ finished, promise })
    if (!isTelling) {
      isTelling = true
      // What ends in the same turn is told together.
      setImmediate(tellAll)
    }
    return promise.promise
  }
}

const within = (done: Promise<void>, ms: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    done.then(resolve, reject).finally(() => clearTimeout(timer))
  })

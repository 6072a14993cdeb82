import { randomUUID } from 'node:crypto'
import type { StoreThreads } from './control.ts'

/** Brings sums up to date: the reading thread adds lines up, the writing one puts them away. */
export interface RollUp {
  /** Adds up what is there, unless another process does. */
  continue(): Promise<void>
  /**
   * Adds up all that was booked by now. When that cannot be written, on a full disk for one, reports go on with what was
   * added up before.
   */
  now(): Promise<void>
}

export const createRollUp = ({ writer, reader }: Pick<StoreThreads, 'writer' | 'reader'>): RollUp => {
  const owner = randomUUID()
  const run = async (asOwner: string | undefined): Promise<void> => {
    for (;;) {
      const gathered = await reader.call('gather', asOwner)
      if (gathered === undefined) return
      await writer.call('addGathered', { gathered, owner })
    }
  }
  let last: Promise<void> = Promise.resolve()
  return {
    continue: () => run(owner),
    now: () => {
      // One after the other: at the same time they would add up the same lines.
      last = last.then(() => run(undefined)).catch(() => {})
      return last
    },
  }
}

import type { Session } from './session.ts'

const readHighWater = 'SELECT high_water FROM clock WHERE id = 1'
const raiseHighWater = 'UPDATE clock SET high_water = ? WHERE id = 1 AND high_water < ?'

/** The store's own time in Unix milliseconds, the same for all processes. It never goes back, nor stands still. */
export interface StoreTime {
  /** Reads it. */
  now(): number
  /** Makes it count for everybody; to be done in every transaction that decides something by it. */
  keep(now: number): void
}

/**
 * Follows the machine's clock, but never back. When that clock is behind, by being set back, time goes on at half its
 * speed until it is caught up: windows last longer then, none is counted twice, and none stays shut.
 */
export const createStoreTime = (session: Session): StoreTime => {
  const read = session.database.prepare<[], number>(readHighWater).pluck()
  const raise = session.database.prepare<[number, number]>(raiseHighWater)
  let known = 0
  let knownAt = performance.now()
  return {
    now: () => {
      const crept = known + Math.floor((performance.now() - knownAt) / 2)
      const told = Math.max(session.wall(), read.get() ?? 0)
      if (told <= crept && known > 0) return crept
      known = told
      knownAt = performance.now()
      return told
    },
    keep: (now) => {
      raise.run(now, now)
    },
  }
}

import type { ReportStore } from '../store.ts'
import type { StoreThreads } from './control.ts'
import { defaultRetention, type Retention } from './retention-procedures.ts'
import { createRollUp } from './roll-up.ts'

/** Reports from the file, and the upkeep of what they read. */
export interface SqliteReports extends ReportStore {
  /** There are new lines, to be added up soon. */
  booked(): void
  /** Ends the upkeep, and waits for what of it is under way. */
  close(): Promise<void>
}

/** Sums are at most this old; a report brings them up to date first. */
const rollUpMs = 5_000
const retainMs = 3_600_000
/** Between two steps of deleting, so that calls always come first. */
const pauseMs = 100

export const createSqliteReports = (threads: StoreThreads, keep: Retention = defaultRetention): SqliteReports => {
  const { writer, reader } = threads
  const rollUp = createRollUp(threads)
  const upkeep = createUpkeep()
  let hasNew = false
  upkeep.every(rollUpMs, async () => {
    if (!hasNew) return
    hasNew = false
    await rollUp.continue()
  })
  upkeep.every(retainMs, async () => {
    while (upkeep.isOn && (await writer.call('retain', keep))) await upkeep.pause(pauseMs)
  })
  return {
    report: async (query) => {
      await rollUp.now()
      return await reader.call('report', query)
    },
    lines: (query) => reader.call('lines', query),
    standings: () => reader.call('standings', undefined),
    releaseLost: (allowance, subject, audit) => writer.call('releaseLost', { allowance, subject, audit }),
    booked: () => {
      hasNew = true
    },
    close: () => upkeep.end(),
  }
}

/** Work that is done now and then, one at a time, and fails quietly: it is done again. */
const createUpkeep = () => {
  const timers: NodeJS.Timeout[] = []
  const underWay = new Set<Promise<void>>()
  let isOn = true
  return {
    get isOn() {
      return isOn
    },
    every: (ms: number, work: () => Promise<void>): void => {
      let isBusy = false
      const turn = async (): Promise<void> => {
        isBusy = true
        await work().catch(() => {})
        isBusy = false
      }
      const start = (): void => {
        if (isBusy) return
        const done = turn().finally(() => underWay.delete(done))
        underWay.add(done)
      }
      timers.push(setInterval(start, ms).unref())
    },
    pause: (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms)),
    end: async (): Promise<void> => {
      isOn = false
      for (const timer of timers) clearInterval(timer)
      await Promise.all(underWay)
    },
  }
}

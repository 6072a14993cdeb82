import type { FileStore } from '../stores/file-store.ts'
import type { JobStore, JobWork, Swept } from '../stores/job-store.ts'
import type { Bell } from './bell.ts'

export interface UpkeepOptions {
  readonly work: Pick<JobWork, 'sweep'>
  readonly store: Pick<JobStore, 'counts'>
  readonly bell: Pick<Bell, 'look'>
  readonly files: FileStore
  readonly maxCrashes: number
  /** Unix milliseconds. */
  readonly now: () => number
  failed(cause: unknown, message: string): void
  /** Told of jobs that ended without an attempt. */
  swept(ended: number): void
  /** It is looked after so often at least, in milliseconds. Default 5 000. */
  readonly everyMs?: number | undefined
}

/** What is done time and again wherever jobs are done. Several processes may do it for one store. */
export interface Upkeep {
  /** A job becomes due at this moment, in Unix milliseconds: it is looked after then at the latest. */
  expect(at: number): void
  close(): Promise<void>
}

const tidyMs = 600_000
/** After a sweep that found much to delete the next one comes this soon. */
const hurryMs = 100
/** Moments that lie together are looked after together. */
const leastMs = 10

/** Takes jobs back from lost workers, rings for those whose ring was lost or whose time has come, and deletes what is old. */
export const createUpkeep = (options: UpkeepOptions): Upkeep => {
  const { work, store, bell, files, maxCrashes, now, failed, everyMs = 5_000 } = options
  let timer: NodeJS.Timeout | undefined
  let next = Number.POSITIVE_INFINITY
  let under: Promise<void> | undefined
  let isClosed = false
  let tidiedAt = Number.NEGATIVE_INFINITY

  const expect = (at: number): void => {
    if (isClosed || at >= next) return
    next = at
    clearTimeout(timer)
    timer = setTimeout(begin, Math.max(leastMs, Math.ceil(at - now())))
  }
  const begin = (): void => {
    next = Number.POSITIVE_INFINITY
    under ??= round().finally(() => {
      under = undefined
      expect(now() + everyMs)
    })
  }
  const round = async (): Promise<void> => {
    try {
      const swept = await work.sweep({ maxCrashes })
      options.swept(swept.ended)
      if (swept.nextAt !== undefined) expect(swept.nextAt)
      if (swept.deleted > 0) expect(now() + hurryMs)
      await Promise.all([remove(swept), bell.look(due)])
      await tidy()
    } catch (thrown) {
      failed(thrown, 'Jobs could not be looked after; it is tried again.')
    }
  }
  const due = async (): Promise<number> => {
    const { queued, scheduled } = await store.counts()
    return queued - scheduled
  }
  const remove = async ({ files: names }: Swept): Promise<void> => {
    for (const name of names) await files.remove(name)
  }
  const tidy = async (): Promise<void> => {
    if (performance.now() - tidiedAt < tidyMs) return
    tidiedAt = performance.now()
    await files.tidy()
  }

  begin()
  return {
    expect,
    close: async () => {
      isClosed = true
      clearTimeout(timer)
      await under
    },
  }
}

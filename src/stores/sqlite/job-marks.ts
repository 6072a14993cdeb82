import type { JobsChanged } from '../job-store.ts'
import type { Session } from './session.ts'

/** How often the writing thread looks whether another process changed something, while somebody watches. */
const lookMs = 10

const readMarks = 'SELECT work, news FROM job_marks WHERE id = 1'
const raiseMarks = 'UPDATE job_marks SET work = work + ?, news = news + ? WHERE id = 1'

/** Tells those who watch jobs that something changed, in this process or in another. */
export interface JobMarks {
  /** To be called in the transaction that changes something. */
  raise(what: JobsChanged): void
  /** Begins to look what others do, or ends it. */
  watch(isOn: boolean): void
}

export const createJobMarks = (session: Session): JobMarks => {
  const { database } = session
  const read = database.prepare<[], { work: number; news: number }>(readMarks)
  const add = database.prepare<[number, number]>(raiseMarks)
  const version = database.prepare<[], number>('PRAGMA data_version').pluck()
  // Whoever begins to watch is told of what came before too: nothing is lost between two threads.
  let told = read.get() ?? { work: 0, news: 0 }
  let known: number | undefined
  let isWatched = false
  let isLooking = false

  const tell = (): void => {
    if (!isWatched) return
    const found = read.get() ?? told
    const what = { work: found.work !== told.work, news: found.news !== told.news }
    told = found
    if (what.work || what.news) session.tell('jobs', what)
  }

  const look = (): void => {
    if (!isWatched) return
    const found = version.get()
    if (found === known) return
    known = found
    tell()
  }

  return {
    raise: ({ work, news }) => {
      add.run(work ? 1 : 0, news ? 1 : 0)
      session.afterCommit(tell)
    },
    watch: (isOn) => {
      isWatched = isOn
      if (isOn && !isLooking) session.every(lookMs, look)
      isLooking ||= isOn
    },
  }
}

import type { JobBytes } from '../../core/job.ts'
import { sweepStep } from '../job-rules.ts'
import type { Finished, JobStore, JobsChanged, JobWork, Swept } from '../job-store.ts'
import type { StoreThreads } from './control.ts'

/** A sweep takes so many steps at most, so that calls come between them. */
const mostSteps = 10

/** Jobs in the file, seen by every process that shares it. */
export const createSqliteJobs = ({ writer, reader }: StoreThreads): JobStore => ({
  submit: (submissions) =>
    writer.call(
      'submitJobs',
      submissions.map(({ order, ...rest }) => ({ ...rest, order: { ...order, body: detached(order.body) } })),
    ),
  find: (id, owner) => reader.call('findJob', { id, owner }),
  list: (query) => reader.call('listJobs', query),
  details: (id, pieces) => reader.call('jobDetails', { id, pieces }),
  cancel: (id, owner) => writer.call('cancelJob', { id, owner }),
  redriven: (id, as) => writer.call('redrivenJob', { id, as }),
  counts: () => reader.call('jobCounts', undefined),
})

/** Jobs in the file, for workers. */
export const createSqliteJobWork = (threads: StoreThreads): JobWork => {
  const { writer } = threads
  return {
    claim: (by) => writer.call('claimJobs', by),
    beat: (fences, leaseMs) => writer.call('beatJobs', { fences, leaseMs }),
    pieces: (fence, pieces) => writer.call('keepPieces', { fence, pieces }),
    finish: (finished) => writer.call('finishJobs', finished.map(withDetached)),
    sweep: async (rules) => {
      let all: Swept = { ready: 0, ended: 0, deleted: 0, files: [], nextAt: undefined }
      for (let step = 0; step < mostSteps; step++) {
        const swept = await writer.call('sweepJobs', rules)
        all = sumOf(all, swept)
        if (Math.max(swept.ready, swept.ended, swept.deleted) < sweepStep) break
      }
      return all
    },
    watch: createWatch(threads),
  }
}

const sumOf = (one: Swept, other: Swept): Swept => ({
  ready: one.ready + other.ready,
  ended: one.ended + other.ended,
  deleted: one.deleted + other.deleted,
  files: [...new Set([...one.files, ...other.files])],
  nextAt: other.nextAt,
})

const createWatch = ({ writer }: StoreThreads): JobWork['watch'] => {
  const watchers = new Set<{ changed(what: JobsChanged): void }>()
  writer.on('jobs', (what) => {
    for (const watcher of [...watchers]) watcher.changed(what)
  })
  // A store that is closed has nothing to tell.
  const turn = (isOn: boolean): void => void writer.call('watchJobs', isOn).catch(() => {})
  return (changed) => {
    const watcher = { changed }
    if (watchers.size === 0) turn(true)
    watchers.add(watcher)
    return () => {
      if (watchers.delete(watcher) && watchers.size === 0) turn(false)
    }
  }
}

/** What crosses to a thread takes all of the memory along that it is a part of. */
const detached = (body: JobBytes): JobBytes => ('file' in body ? body : { bytes: new Uint8Array(body.bytes) })

const withDetached = (finished: Finished): Finished => {
  const { end } = finished
  if (!('result' in end) || !end.result) return finished
  return { ...finished, end: { ...end, result: { ...end.result, body: detached(end.result.body) } } }
}

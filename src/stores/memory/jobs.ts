import { isTerminal } from '../../core/job.ts'
import { cancelled } from '../job-rules.ts'
import type { JobDetails, JobQuery, JobStore, Submission, Submitted } from '../job-store.ts'
import type { JobsBook } from './jobs-book.ts'
import { attemptOf, jobOf, type MemoryJob, newMemoryJob } from './jobs-row.ts'

/** The jobs of one memory, as those see them who have them done. */
export const createMemoryJobs = (book: JobsBook): JobStore => {
  let last = 0

  const submit = ({ order, key, wants = [] }: Submission): Submitted => {
    const now = book.time()
    const known = key && book.keys.get(key.name)
    const row = known && known.until > now ? book.rows.get(known.job) : undefined
    if (row) return known?.asked === key?.asked ? { kind: 'known', job: jobOf(row) } : { kind: 'mismatch' }
    const made = newMemoryJob(order, last + 1, now)
    const short = book.money.take(made, wants)
    if (short) return { kind: 'short', ...short }
    last++
    book.rows.set(order.id, made)
    book.hold(order.body)
    if (key) book.keys.set(key.name, { asked: key.asked, job: order.id, until: now + key.keepMs })
    book.wait(made, now)
    return { kind: 'made', job: jobOf(made) }
  }

  const owned = (id: string, owner: string | undefined): MemoryJob | undefined => {
    const row = book.rows.get(id)
    return owner === undefined || row?.order.owner === owner ? row : undefined
  }

  return {
    submit: async (submissions) => submissions.map(submit),
    find: async (id, owner) => {
      const row = owned(id, owner)
      return row && jobOf(row)
    },
    list: async (query) => list(book, query),
    details: async (id, pieces) => {
      const row = book.rows.get(id)
      return row && detailsOf(book, row, pieces)
    },
    cancel: async (id, owner) => {
      const row = owned(id, owner)
      if (!row) return undefined
      if (row.state === 'queued') {
        book.unqueue(row)
        book.decide(row, cancelled, book.time())
      } else if (row.state === 'running' && !row.isStopping) {
        row.isStopping = true
        row.version++
        book.tell({ work: true, news: true })
      }
      return jobOf(row)
    },
    redriven: async (id, as) => {
      const row = book.rows.get(id)
      if (!row?.dead || row.redrivenAs !== undefined) return false
      row.redrivenAs = as
      row.version++
      return true
    },
    counts: async () => {
      const now = book.time()
      const { due, scheduled, oldestAt = now } = book.lines
      const dead = [...book.over].filter(isOpenLetter).length
      return {
        queued: due + scheduled,
        scheduled: book.lines.later(now),
        running: book.running.size,
        dead,
        oldestMs: Math.max(0, now - oldestAt),
      }
    },
  }
}

const isOpenLetter = (row: MemoryJob): boolean => row.dead !== undefined && row.redrivenAs === undefined

const list = (book: JobsBook, query: JobQuery) => {
  const after = query.after === undefined ? Number.POSITIVE_INFINITY : (book.rows.get(query.after)?.number ?? 0)
  const from = query.from ?? Number.NEGATIVE_INFINITY
  const to = query.to ?? Number.POSITIVE_INFINITY
  const isMeant = (row: MemoryJob): boolean =>
    row.number < after &&
    row.createdAt >= from &&
    row.createdAt < to &&
    (query.owner === undefined || row.order.owner === query.owner) &&
    (query.states === undefined || query.states.includes(row.state)) &&
    (query.model === undefined || row.order.model === query.model) &&
    (query.endpoint === undefined || row.order.endpoint === query.endpoint) &&
    (query.isDead === undefined || isOpenLetter(row) === query.isDead)
  const found = [...book.rows.values()].filter(isMeant).reverse()
  return found.slice(0, Math.max(0, query.limit)).map((row) => jobOf(row, false))
}

const detailsOf = (book: JobsBook, row: MemoryJob, pieces: Parameters<JobStore['details']>[1]): JobDetails => ({
  attempts: row.history.map(attemptOf),
  position: isTerminal(row.state) || row.state === 'running' ? undefined : book.lines.ahead(row),
  pieces: pieces
    ? row.pieces.filter(({ attempt, sequence }) => attempt === pieces.attempt && sequence > pieces.after)
    : [],
  order: pieces ? undefined : { ...row.order, runAt: row.dueAt },
})

import { cancelled, crashWindowMs, createLosses, overdue, piecesKeptMs, sweepStep, type Verdict } from '../job-rules.ts'
import type { Swept } from '../job-store.ts'
import type { JobsBook } from './jobs-book.ts'
import { endAttempt, type MemoryJob } from './jobs-row.ts'

/** Does to jobs what nobody who has them in hand does: ends, takes back, deletes. */
export const sweep = (book: JobsBook, maxCrashes: number, now: number): Swept => {
  let ready = book.lines.promote(now)
  let ended = 0
  if (ready > 0) book.tell({ work: true, news: false })
  const losses = createLosses(maxCrashes, now)
  for (const row of [...book.running].filter(({ leaseUntil }) => leaseUntil <= now)) {
    book.decide(row, loss(book, row, { losses, now }), now)
    if (row.state === 'queued') ready++
    else ended++
  }
  for (const row of book.rows.values()) if (row.money.length > 0) book.money.expire(row, now)
  for (const row of [...book.timed].filter(({ order }) => (order.deadlineAt ?? now) <= now)) {
    book.unqueue(row)
    book.decide(row, overdue, now)
    ended++
  }
  const deleted = forget(book, now)
  return { ready, ended, deleted, files: tellLeftovers(book), nextAt: book.lines.nextAt }
}

/** The worker of this job is lost: what becomes of the job? */
const loss = (
  book: JobsBook,
  row: MemoryJob,
  { losses, now }: { readonly losses: ReturnType<typeof createLosses>; readonly now: number },
): Verdict => {
  if (row.current) {
    book.money.lose(row, row.current.fence)
    endAttempt(row.current, 'lost', now)
  }
  row.unknownCosts++
  row.usage = undefined
  row.crashes++
  if (row.isStopping) return cancelled
  const recent = row.history.filter(
    ({ outcome, endedAt }) => outcome === 'lost' && (endedAt ?? 0) > now - crashWindowMs,
  )
  return losses(recent.length)
}

/** Deletes what was kept for long enough. */
const forget = (book: JobsBook, now: number): number => {
  let deleted = 0
  for (const row of book.over) {
    if ((row.endedAt ?? now) + piecesKeptMs <= now) row.pieces = []
    if ((row.expiresAt ?? now) > now || deleted >= sweepStep) continue
    book.over.delete(row)
    book.rows.delete(row.order.id)
    for (const { fence } of row.history) book.fences.delete(fence)
    book.discard(row.order.body)
    book.discard(row.result?.body)
    deleted++
  }
  for (const [name, { until }] of book.keys) if (until <= now) book.keys.delete(name)
  return deleted
}

const timesTold = 3

const tellLeftovers = (book: JobsBook): readonly string[] => {
  const files = [...book.leftovers.keys()].slice(0, sweepStep)
  for (const file of files) {
    const told = (book.leftovers.get(file) ?? 0) + 1
    if (told >= timesTold) book.leftovers.delete(file)
    else book.leftovers.set(file, told)
  }
  return files
}

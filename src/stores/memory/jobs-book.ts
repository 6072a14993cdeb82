import { isTerminal, type JobBytes } from '../../core/job.ts'
import { fileOf, type Verdict } from '../job-rules.ts'
import type { JobsChanged } from '../job-store.ts'
import { MemoryLines } from './jobs-lines.ts'
import type { JobsMoney } from './jobs-money.ts'
import type { MemoryAttempt, MemoryJob } from './jobs-row.ts'

export interface JobsBookOptions {
  /** Unix milliseconds; where it goes back, time stands still. */
  readonly now: () => number
  /** Keeps the event of a job that ended, for its webhook. */
  readonly ended: (row: MemoryJob) => void
  /** Sets money aside for jobs. */
  readonly money: JobsMoney
}

/** Every job of one memory, and what changes them: those who submit and those who work share it. */
export class JobsBook {
  /** In the order of submission. */
  readonly rows = new Map<string, MemoryJob>()
  readonly keys = new Map<string, { readonly asked: string; readonly job: string; readonly until: number }>()
  readonly lines = new MemoryLines()
  readonly money: JobsMoney
  readonly fences = new Map<number, { readonly row: MemoryJob; readonly attempt: MemoryAttempt }>()
  lastFence = 0
  readonly running = new Set<MemoryJob>()
  readonly over = new Set<MemoryJob>()
  /** Queued jobs with a deadline. */
  readonly timed = new Set<MemoryJob>()
  /** Files that are to be removed, and how often that was told. */
  readonly leftovers = new Map<string, number>()
  readonly #holders = new Map<string, number>()
  readonly #watchers = new Set<{ changed(what: JobsChanged): void }>()
  readonly #now: () => number
  readonly #ended: (row: MemoryJob) => void
  #latest = 0
  #untold: JobsChanged | undefined

  constructor({ now, ended, money }: JobsBookOptions) {
    this.#now = now
    this.money = money
    this.#ended = ended
  }

  /** The store's own time, which never goes back. */
  time(): number {
    this.#latest = Math.max(this.#latest, this.#now())
    return this.#latest
  }

  /** It waits, for its time or its turn. */
  wait(row: MemoryJob, now: number): void {
    row.state = 'queued'
    this.lines.add(row, now)
    if (row.order.deadlineAt !== undefined) this.timed.add(row)
    this.tell({ work: row.dueAt <= now, news: true })
  }

  /** It does not wait any more. */
  unqueue(row: MemoryJob): void {
    this.lines.remove(row)
    this.timed.delete(row)
  }

  /** What a job became, by an attempt or without one. */
  decide(row: MemoryJob, verdict: Verdict, now: number): void {
    row.version++
    row.current = undefined
    this.running.delete(row)
    if (verdict.error !== 'same') row.error = verdict.error
    this.discard(verdict.unused)
    if (verdict.outcome === 'released') row.attempts--
    if (!isTerminal(verdict.state)) {
      row.dueAt = verdict.runAt === undefined ? row.dueAt : Math.max(now, verdict.runAt)
      this.wait(row, now)
      return
    }
    this.money.release(row)
    row.state = verdict.state
    row.dead = verdict.dead
    row.result = verdict.result
    this.hold(verdict.result?.body)
    row.isStopping = false
    row.endedAt = now
    row.expiresAt = now + row.order.keepMs
    this.over.add(row)
    if (row.order.webhook !== undefined) this.#ended(row)
    this.tell({ work: false, news: true })
  }

  /** A job needs these bytes. One that asks again shares them with the one before. */
  hold(bytes: JobBytes | undefined): void {
    const file = fileOf(bytes)
    if (file === undefined) return
    this.#holders.set(file, (this.#holders.get(file) ?? 0) + 1)
    this.leftovers.delete(file)
  }

  /** A job does not need these bytes any more. */
  discard(bytes: JobBytes | undefined): void {
    const file = fileOf(bytes)
    if (file === undefined) return
    const left = (this.#holders.get(file) ?? 1) - 1
    if (left > 0) this.#holders.set(file, left)
    else {
      this.#holders.delete(file)
      this.leftovers.set(file, 0)
    }
  }

  watch(changed: (what: JobsChanged) => void): () => void {
    const watcher = { changed }
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  tell(what: JobsChanged): void {
    if (this.#untold) {
      this.#untold = { work: this.#untold.work || what.work, news: this.#untold.news || what.news }
      return
    }
    this.#untold = what
    queueMicrotask(() => {
      const told = this.#untold as JobsChanged
      this.#untold = undefined
      for (const watcher of [...this.#watchers]) watcher.changed(told)
    })
  }
}

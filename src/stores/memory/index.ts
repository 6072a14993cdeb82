import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createId } from '../../core/call.ts'
import { createFiles } from '../files/index.ts'
import type { JobWork } from '../job-store.ts'
import type { Store } from '../store.ts'
import { createMemoryControl } from './control.ts'
import { MemoryIdempotency } from './idempotency.ts'
import { createMemoryJobs } from './jobs.ts'
import { JobsBook, type JobsBookOptions } from './jobs-book.ts'
import { JobsMoney } from './jobs-money.ts'
import { createMemoryJobWork } from './jobs-work.ts'
import { type Member, MemoryLedger } from './ledger.ts'
import { createMemoryReports } from './reports.ts'
import { MemoryWebhooks } from './webhooks.ts'

export interface MemoryStoreOptions {
  /** Unix milliseconds. Default: the machine's clock. Where it goes back, the store's time stands still. */
  readonly now?: (() => number) | undefined
}

/** A memory that several stores share as processes share a file. */
export interface MemoryBank {
  /** One more that shares it. */
  open(): MemoryStore
}

export interface MemoryStore extends Store {
  /** Takes this one for dead, as if it had not been heard of for too long: money it holds is charged as lost. */
  fence(): void
}

/** Opens a memory for one or more stores; it lasts as long as anybody holds it. */
export const createMemoryBank = ({ now = Date.now }: MemoryStoreOptions = {}): MemoryBank => {
  const control = createMemoryControl()
  const reports = createMemoryReports()
  const keyed = new MemoryIdempotency({ now })
  const ledgers = new MemoryLedger({ now, book: reports.book })
  // Files are too large for memory; they end with it all the same.
  const folder = join(tmpdir(), `tollgate-${createId()}`)
  const files = createFiles({ folder, now })
  let holders = 0
  const { jobs, workOf, webhooks } = createQueue(now, ledgers)
  reports.follow({
    standings: () => ledgers.standings(),
    releaseLost: (allowance, subject) => ledgers.releaseLost(allowance, subject),
    note: control.note,
  })
  return {
    open: () => {
      const { ledger, member, fence } = ledgers.open()
      const { store: idempotency, fence: freeClaims } = keyed.open()
      holders++
      return {
        ledger,
        control,
        reports,
        idempotency,
        files,
        jobs,
        jobWork: workOf(member),
        webhooks,
        fence: () => {
          fence()
          freeClaims()
        },
        close: async () => {
          freeClaims()
          await ledger.close()
          holders--
          if (holders === 0) await rm(folder, { recursive: true, force: true })
        },
      }
    },
  }
}

interface Queue extends Pick<Store, 'jobs' | 'webhooks'> {
  /** Jobs as the workers of one process see them. */
  workOf(member: Member): JobWork
}

/** Jobs, and who is told of their ends. */
const createQueue = (now: () => number, ledger: MemoryLedger): Queue => {
  const ended: JobsBookOptions['ended'] = (row) => events.add(row, book.time())
  const book = new JobsBook({ now, ended, money: new JobsMoney(ledger) })
  const events = new MemoryWebhooks({
    time: () => book.time(),
    changed: () => book.tell({ work: false, news: true }),
  })
  return {
    jobs: createMemoryJobs(book),
    workOf: (member) => createMemoryJobWork(book, member, (at) => events.tidy(at)),
    webhooks: events.store,
  }
}

/** A store that forgets everything with its process: for tests, and for trying things out. */
export const createMemoryStore = (options?: MemoryStoreOptions): Store => createMemoryBank(options).open()

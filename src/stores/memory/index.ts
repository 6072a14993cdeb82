import type { Store } from '../store.ts'
import { createMemoryControl } from './control.ts'
import { MemoryIdempotency } from './idempotency.ts'
import { MemoryLedger } from './ledger.ts'
import { createMemoryReports } from './reports.ts'

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
  reports.follow({
    standings: () => ledgers.standings(),
    releaseLost: (allowance, subject) => ledgers.releaseLost(allowance, subject),
    note: control.note,
  })
  return {
    open: () => {
      const { ledger, fence } = ledgers.open()
      const { store: idempotency, fence: freeClaims } = keyed.open()
      return {
        ledger,
        control,
        reports,
        idempotency,
        fence: () => {
          fence()
          freeClaims()
        },
        close: () => {
          freeClaims()
          return ledger.close()
        },
      }
    },
  }
}

/** A store that forgets everything with its process: for tests, and for trying things out. */
export const createMemoryStore = (options?: MemoryStoreOptions): Store => createMemoryBank(options).open()

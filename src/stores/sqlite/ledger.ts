import type { LedgerStore } from '../store.ts'
import { createLineSummer } from './block-sums.ts'
import type { Channel } from './channel.ts'
import type { Questions } from './lazy-thread.ts'
import type { ReaderProcedures } from './reader-procedures.ts'
import type { WriterProcedures } from './writer-procedures.ts'

/** The ledger as the process sees it: everything is asked of the threads. */
export const createSqliteLedger = (
  writer: Channel<WriterProcedures>,
  reader: Questions<ReaderProcedures>,
  booked: () => void,
): LedgerStore => {
  let processes = 1
  writer.on('processes', (count) => {
    processes = count
  })
  return {
    lease: (wants) => writer.call('lease', wants),
    settle: (batch) => {
      if (batch.count > 0) booked()
      return writer.call('settle', batch)
    },
    createSummer: createLineSummer,
    standing: (allowance, subject, window) => reader.call('standing', { allowance, subject, window }),
    get processes() {
      return processes
    },
    listen: (events) => {
      writer.on('recall', (wanted) => events.recall(wanted))
      writer.on('fenced', () => events.fenced())
      writer.on('crossed', (alerts) => events.crossed(alerts))
      // Should it fail, the first lease does it.
      writer.call('join', undefined).catch(() => {})
    },
    close: () => writer.call('leave', undefined),
  }
}

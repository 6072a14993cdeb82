import type { StoreThreadData } from './messages.ts'
import { openForReading } from './open-database.ts'
import { type ReaderProcedures, readerProcedures } from './reader-procedures.ts'
import type { Session } from './session.ts'
import { closeStoreSession, openStoreSession } from './store-session.ts'

interface ReaderDesk {
  readonly procedures: ReaderProcedures
  /** Nothing here is written. */
  readonly session: undefined
  close(): void
}

/** The store, in the thread that reads it. */
export const openReaderDesk = (data: StoreThreadData, tell: Session['tell']): ReaderDesk => {
  const session = openStoreSession(openForReading(data.path), data, tell)
  return { procedures: readerProcedures(session), session: undefined, close: () => closeStoreSession(session) }
}

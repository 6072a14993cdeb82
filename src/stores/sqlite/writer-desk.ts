import type { StoreThreadData } from './messages.ts'
import { openForWriting } from './open-database.ts'
import type { OpenSession } from './open-session.ts'
import type { Session } from './session.ts'
import { closeStoreSession, openStoreSession } from './store-session.ts'
import { type WriterProcedures, writerProcedures } from './writer-procedures.ts'

interface WriterDesk {
  readonly procedures: WriterProcedures
  /** Where calls share transactions. */
  readonly session: OpenSession
  close(): void
}

/** The store, in the thread that writes it. */
export const openWriterDesk = (data: StoreThreadData, tell: Session['tell']): WriterDesk => {
  const session = openStoreSession(openForWriting(data.path), data, tell)
  return { procedures: writerProcedures(session), session, close: () => closeStoreSession(session) }
}

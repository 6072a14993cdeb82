import type { Database } from 'better-sqlite3'
import type { StoreThreadData } from './messages.ts'
import { type OpenSession, openSession } from './open-session.ts'
import type { Session } from './session.ts'

/** A session of a thread of the store, by the clock that it was given. */
export const openStoreSession = (
  database: Database,
  { skew }: Pick<StoreThreadData, 'skew'>,
  tell: Session['tell'],
): OpenSession => {
  const offset = skew && new BigInt64Array(skew)
  return openSession({ database, wall: () => Date.now() + (offset ? Number(Atomics.load(offset, 0)) : 0), tell })
}

/** Ends a session and its connection, in this order, whatever happens. */
export const closeStoreSession = (session: OpenSession): void => {
  try {
    session.end()
  } finally {
    session.database.close()
  }
}

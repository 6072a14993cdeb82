import { buryGone, startHeartbeat } from './heartbeat.ts'
import { idempotencyProcedures } from './idempotency-procedures.ts'
import { createLease, type LeaseParts } from './lease.ts'
import { createLeave } from './leave.ts'
import { createMembers } from './members.ts'
import { startRecallWatch } from './recall-watch.ts'
import type { Session } from './session.ts'
import { createSettle } from './settle.ts'
import { createStoreTime } from './store-time.ts'
import { startTidying } from './tidy.ts'

/** What everything works with that leases and books. */
export const leaseParts = (session: Session): LeaseParts => {
  const time = createStoreTime(session)
  return { session, time, members: createMembers(session, time) }
}

/** What the ledger asks of the writing thread, and what that does for it by itself. */
export const ledgerProcedures = (parts: LeaseParts) => {
  const { session, members } = parts
  const leave = createLeave(parts)
  session.transact(() => buryGone(parts))
  startHeartbeat(parts)
  startRecallWatch(parts)
  startTidying(parts)
  session.atClose(leave)
  return {
    /** Puts this process on the list of those that share the store. */
    join: (_nothing: undefined): number => members.current(),
    leave: (_nothing: undefined): void => leave(),
    lease: createLease(parts),
    settle: createSettle(parts),
    // Whose claims they are is known by who is a member.
    ...idempotencyProcedures(parts),
  }
}

import { type AttemptLine, wasSent } from '../core/call.ts'
import type { LedgerLine } from '../core/ledger-line.ts'
import type { CallRecord, Sink } from '../core/record.ts'
import type { Ledger } from './ledger.ts'

/**
 * Writes one line into a ledger for each attempt that was sent, from the record of the call: only at its end it is known
 * which was the last. Told at once, since what a line stands for is booked in the same turn.
 */
export const bookTo =
  (ledger: Pick<Ledger, 'write'>): Sink =>
  (record) => {
    const { attempts } = record
    let last = attempts.length - 1
    while (last >= 0 && !isBooked(record, attempts[last] as AttemptLine)) last--
    for (let index = 0; index <= last; index++) {
      const line = attempts[index] as AttemptLine
      if (isBooked(record, line)) ledger.write(entryOf(record, line, index === last))
    }
  }

/** Counting tokens costs nothing, and is mostly done here: it leaves a line only where a provider was asked. */
const isBooked = ({ operation }: CallRecord, line: AttemptLine): boolean =>
  line.ended !== undefined && wasSent(line) && (operation !== 'count_tokens' || line.sent === true)

const entryOf = (record: CallRecord, line: AttemptLine, isLast: boolean): LedgerLine => {
  const { caller, notes } = record
  const ended = line.ended ?? line.started
  const begun = isLast ? notes.firstTokenAt : undefined
  return {
    call: record.id,
    ordinal: line.ordinal,
    // A copy that the gateway made for itself is no call of the caller's.
    last: (isLast && notes.purpose === undefined) || undefined,
    at: Math.round(record.startedAt + (ended - record.started)),
    durationMs: Math.round(ended - line.started),
    firstTokenMs: begun === undefined || begun < line.started ? undefined : Math.round(begun - line.started),
    org: caller.org,
    team: caller.team,
    user: caller.user,
    key: caller.key,
    endUser: caller.endUser,
    session: caller.session,
    tags: caller.tags,
    model: record.asked,
    target: line.target,
    operation: record.operation,
    stream: record.stream,
    outcome: line.outcome ?? 'cancelled',
    error: line.error,
    usage: line.usage,
    cost: line.costNanos?.toString(),
    held: line.heldNanos?.toString(),
  }
}

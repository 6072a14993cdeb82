import { afterwards } from '../core/afterwards.ts'
import { type AttemptLine, type Call, wasSent } from '../core/call.ts'
import type { Stage } from '../core/handler.ts'
import type { LedgerLine } from '../core/ledger-line.ts'
import type { Ledger } from '../ledger/ledger.ts'

/** Writes one line into the ledger for each attempt that was sent, at the end of the call: then the last is known. */
export const book =
  (ledger: Ledger): Stage<Call> =>
  (next) =>
  (call) =>
    afterwards(next(call), () => {
      const { attempts } = call.account
      let last = attempts.length - 1
      while (last >= 0 && !isBooked(call, attempts[last] as AttemptLine)) last--
      for (let index = 0; index <= last; index++) {
        const line = attempts[index] as AttemptLine
        if (isBooked(call, line)) ledger.write(entryOf(call, line, index === last))
      }
    })

/** Counting tokens costs nothing, and is mostly done here: it leaves a line only where a provider was asked. */
const isBooked = ({ request }: Call, line: AttemptLine): boolean =>
  line.ended !== undefined && wasSent(line) && (request.operation === 'chat' || line.sent === true)

const entryOf = (call: Call, line: AttemptLine, isLast: boolean): LedgerLine => {
  const { caller, request, notes } = call
  const ended = line.ended ?? line.started
  const begun = isLast ? notes.firstTokenAt : undefined
  return {
    call: call.id,
    ordinal: line.ordinal,
    last: isLast || undefined,
    at: Math.round(call.startedAt + (ended - call.started)),
    durationMs: Math.round(ended - line.started),
    firstTokenMs: begun === undefined || begun < line.started ? undefined : Math.round(begun - line.started),
    org: caller.org,
    team: caller.team,
    user: caller.user,
    key: caller.key,
    endUser: caller.endUser,
    session: caller.session,
    tags: caller.tags,
    model: request.model,
    target: line.target,
    operation: request.operation,
    stream: request.stream,
    outcome: line.outcome ?? 'cancelled',
    error: line.error,
    usage: line.usage,
    cost: line.costNanos?.toString(),
    held: line.heldNanos?.toString(),
  }
}

import { type AttemptLine, type CacheNote, wasSent } from '../core/call.ts'
import { keptUsage } from '../core/kept-usage.ts'
import type { LedgerLine } from '../core/ledger-line.ts'
import type { CallRecord, Sink } from '../core/record.ts'
import type { Ledger } from './ledger.ts'

/**
 * Writes one line into a ledger for each attempt that was sent, from the record of the call: only at its end it is known
 * which was the last. Told at once, since what a line stands for is booked in the same turn. A call that was answered from
 * memory has a line of its own.
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
    const memory = last < 0 ? memoryOf(record.notes.cache) : undefined
    if (memory !== undefined) ledger.write(rememberedOf(record, memory))
  }

/** Counting tokens costs nothing, and is mostly done here: it leaves a line only where a provider was asked. */
const isBooked = ({ operation }: CallRecord, line: AttemptLine): boolean =>
  line.ended !== undefined && wasSent(line) && (operation !== 'count_tokens' || line.sent === true)

type Memory = NonNullable<LedgerLine['memory']>

const memoryOf = (cache: CacheNote | undefined): Memory | undefined => {
  const outcome = cache?.outcome
  return outcome === undefined || outcome === 'miss' || outcome === 'off' ? undefined : outcome
}

/** Whose call it was, and what was asked. First in each line: a copy that is begun with costs the least. */
const askedBy = ({ id, caller, asked, operation, stream }: CallRecord) => ({
  call: id,
  org: caller.org,
  team: caller.team,
  user: caller.user,
  key: caller.key,
  endUser: caller.endUser,
  session: caller.session,
  tags: caller.tags,
  model: asked,
  operation,
  stream,
})

/** Nothing was used for it, and nothing paid. */
const rememberedOf = (record: CallRecord, memory: Memory): LedgerLine => {
  const { notes, outcome, error, durationMs, firstTokenMs } = record
  const isCancelled = outcome === 'cancelled' || error === 'deadline_exceeded'
  return {
    ...askedBy(record),
    ordinal: 0,
    last: true,
    at: Math.round(record.startedAt + durationMs),
    durationMs: Math.round(durationMs),
    firstTokenMs: firstTokenMs === undefined ? undefined : Math.round(firstTokenMs),
    target: notes.cache?.target ?? '',
    outcome: outcome === 'ok' ? 'ok' : isCancelled ? 'cancelled' : 'server',
    error,
    cost: '0',
    memory,
    saved: notes.cache?.savedNanos?.toString(),
  }
}

const entryOf = (record: CallRecord, line: AttemptLine, isLast: boolean): LedgerLine => {
  const { notes } = record
  const ended = line.ended ?? line.started
  const begun = isLast ? notes.firstTokenAt : undefined
  return {
    ...askedBy(record),
    ordinal: line.ordinal,
    // A copy that the gateway made for itself is no call of the caller's.
    last: (isLast && notes.purpose === undefined) || undefined,
    at: Math.round(record.startedAt + (ended - record.started)),
    durationMs: Math.round(ended - line.started),
    firstTokenMs: begun === undefined || begun < line.started ? undefined : Math.round(begun - line.started),
    target: line.target,
    outcome: line.outcome ?? 'cancelled',
    error: line.error,
    usage: line.usage && keptUsage(line.usage),
    cost: line.costNanos?.toString(),
    held: line.heldNanos?.toString(),
    // Some vectors of the answer were known.
    saved: isLast ? notes.cache?.savedNanos?.toString() : undefined,
  }
}

import {
  type AttemptLine,
  type CacheNote,
  type HedgeOutcome,
  type IdempotencyOutcome,
  type Notes,
  type Purpose,
  wasSent,
} from './call.ts'
import type { LimitStanding } from './limit-standing.ts'
import type { OutputNote } from './output-rules.ts'
import type { CallRecord } from './record.ts'
import type { Usage } from './usage.ts'

/** One attempt of a call that is told of later. */
export interface EntryAttempt {
  readonly target: string
  readonly ordinal: number
  /** Milliseconds from the start of the call. */
  readonly startMs: number
  readonly durationMs: number
  readonly queuedMs?: number | undefined
  /** `ok`, or a name of `outcomes`. */
  readonly outcome: string
  readonly error?: string | undefined
  readonly status?: number | undefined
  readonly usage?: Usage | undefined
  /** Nano-dollars as decimal digits; absent: unknown. */
  readonly cost?: string | undefined
  readonly held?: string | undefined
  readonly isHedge?: boolean | undefined
  /** Nothing of it left for the upstream; absent: it was sent, as far as is known. */
  readonly isUnsent?: boolean | undefined
}

/** Where a limit of its caller stood when the call was let in. */
export interface EntryLimit {
  readonly unit: LimitStanding['unit']
  /** Decimal digits. */
  readonly limit: string
  readonly remaining: string
  /** Unix milliseconds; absent: never. */
  readonly resetsAt?: number | undefined
}

/** A finished call as it is kept for people: JSON, with what is unknown absent. No words of the conversation. */
export interface CallEntry {
  readonly id: string
  /** Unix milliseconds. */
  readonly startedAt: number
  readonly durationMs: number
  readonly firstTokenMs?: number | undefined
  readonly queuedMs?: number | undefined
  readonly org?: string | undefined
  readonly team?: string | undefined
  readonly user?: string | undefined
  readonly key: string
  readonly endUser?: string | undefined
  readonly session?: string | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
  readonly wire: string
  readonly operation: string
  readonly stream: boolean
  readonly model: string
  readonly asked: string
  readonly target?: string | undefined
  readonly outcome: 'ok' | 'error' | 'cancelled'
  readonly error?: string | undefined
  readonly finishes: readonly string[]
  readonly attempts: readonly EntryAttempt[]
  readonly decisions: {
    readonly order?: readonly string[] | undefined
    readonly skipped?: readonly { readonly target: string; readonly reason: string }[] | undefined
    readonly hedge?: HedgeOutcome | undefined
    readonly mirror?: 'sent' | 'full' | undefined
    readonly limits?: readonly EntryLimit[] | undefined
    readonly isShortened?: boolean | undefined
    readonly cache?: (Omit<CacheNote, 'savedNanos'> & { readonly saved?: string | undefined }) | undefined
    readonly output?: OutputNote | undefined
    readonly idempotency?: IdempotencyOutcome | undefined
    readonly replayOf?: string | undefined
  }
  readonly purpose?: Purpose | undefined
  readonly parent?: string | undefined
  /** Names the instructions (system prompt and tools) of a chat, so that calls of one template are found together; tells nothing of them. */
  readonly prompt?: string | undefined
  /** Of the attempt that answered. */
  readonly usage?: Usage | undefined
  /** Nano-dollars of all attempts as decimal digits; absent: unknown. */
  readonly cost?: string | undefined
  readonly retryCount: number
}

/** How names become fit to be kept: a secret in them is masked. */
export interface EntryWords {
  /** For names that are few and come again: it may remember them. */
  readonly known: (text: string) => string
  /** For what callers make up. */
  readonly fresh: (text: string) => string
}

/** A record as it is kept for people. */
export const entryOf = (record: CallRecord, { known, fresh }: EntryWords): CallEntry => {
  const { caller, notes } = record
  return {
    id: fresh(record.id),
    startedAt: record.startedAt,
    durationMs: rounded(record.durationMs),
    firstTokenMs: roundedOf(record.firstTokenMs),
    queuedMs: roundedOf(notes.queuedMs),
    org: caller.org,
    team: caller.team,
    user: caller.user,
    key: caller.key,
    endUser: caller.endUser === undefined ? undefined : fresh(caller.endUser),
    session: caller.session === undefined ? undefined : fresh(caller.session),
    tags: caller.tags && tagsOf(caller.tags, fresh),
    wire: record.wire,
    operation: record.operation,
    stream: record.stream,
    model: record.model,
    asked: known(record.asked),
    target: record.target,
    outcome: record.outcome,
    error: record.error,
    finishes: record.finishes,
    attempts: record.attempts.map((line) => attemptOf(line, record)),
    decisions: decisionsOf(notes, fresh),
    purpose: notes.purpose,
    parent: notes.parent === undefined ? undefined : fresh(notes.parent),
    prompt: record.prompt,
    usage: record.usage,
    cost: record.costNanos?.toString(),
    retryCount: record.retryCount,
  }
}

/** Hundredths of a millisecond are enough for people, and shorter. */
const rounded = (ms: number): number => Math.round(ms * 100) / 100

const roundedOf = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : rounded(ms))

const tagsOf = (tags: Readonly<Record<string, string>>, fresh: EntryWords['fresh']): Record<string, string> => {
  const kept: Record<string, string> = Object.create(null)
  for (const name in tags) kept[fresh(name)] = fresh(tags[name] ?? '')
  return kept
}

const attemptOf = (line: AttemptLine, { started, durationMs, operation }: CallRecord): EntryAttempt => ({
  target: line.target,
  ordinal: line.ordinal,
  startMs: rounded(line.started - started),
  durationMs: rounded((line.ended ?? started + durationMs) - line.started),
  queuedMs: roundedOf(line.queuedMs),
  outcome: line.outcome ?? 'cancelled',
  error: line.error,
  status: line.status,
  usage: line.usage,
  cost: line.costNanos?.toString(),
  held: line.heldNanos?.toString(),
  isHedge: line.hedge,
  isUnsent: isSent(line, operation) ? undefined : true,
})

/** Counting tokens is mostly done here; what never ended was not booked either. */
const isSent = (line: AttemptLine, operation: CallRecord['operation']): boolean =>
  line.ended !== undefined && wasSent(line) && (operation !== 'count_tokens' || line.sent === true)

const decisionsOf = (notes: Notes, fresh: EntryWords['fresh']): CallEntry['decisions'] => ({
  // One target in one order is no decision.
  order: notes.order !== undefined && notes.order.length > 1 ? notes.order : undefined,
  skipped: notes.skipped,
  hedge: notes.hedge,
  mirror: notes.mirror,
  limits: notes.limits?.map((each) => ({
    unit: each.unit,
    limit: String(each.limit),
    remaining: String(each.remaining),
    resetsAt: each.resetsAt,
  })),
  isShortened: notes.shortened,
  cache: notes.cache && cacheOf(notes.cache),
  output: notes.output && {
    ...notes.output,
    schema: notes.output.schema === undefined ? undefined : fresh(notes.output.schema),
  },
  idempotency: notes.idempotency,
  replayOf: notes.replayOf === undefined ? undefined : fresh(notes.replayOf),
})

const cacheOf = ({ savedNanos, ...note }: CacheNote): CallEntry['decisions']['cache'] => ({
  ...note,
  saved: savedNanos?.toString(),
})

import type { AttemptLine } from '../core/call.ts'
import { errorTable } from '../core/errors.ts'
import { usdFromNanos } from '../core/money.ts'
import type { CallRecord } from '../core/record.ts'
import type { Usage } from '../core/usage.ts'

type Redact = (text: string) => string

/** How names become fit for a log. */
export interface Redacting {
  /** For names that are few and come again: it may remember them. */
  readonly known: Redact
  /** For what callers make up. */
  readonly fresh: Redact
}

/** What stands at the beginning of a line, and at its end. */
export interface LineFrame {
  readonly level: string
  /** In ISO 8601. */
  readonly time: string
  readonly message: string
}

/**
 * What the log says of a call: who asked what of whom, how it went, what it took and cost; no word of what was said.
 * Every name in it is redacted; the cause of an internal error is not, and is left to its writer.
 */
export const callFacts = (
  record: CallRecord,
  { known: redact, fresh }: Redacting,
  frame?: LineFrame,
): Readonly<Record<string, unknown>> => ({
  level: frame?.level,
  time: frame?.time,
  id: fresh(record.id),
  purpose: record.notes.purpose,
  parent: redacted(record.notes.parent, fresh),
  key: redact(record.caller.key),
  org: redacted(record.caller.org, redact),
  team: redacted(record.caller.team, redact),
  user: redacted(record.caller.user, redact),
  endUser: redacted(record.caller.endUser, fresh),
  session: redacted(record.caller.session, fresh),
  tags: tagsOf(record, fresh),
  wire: record.wire,
  operation: record.operation,
  model: redact(record.model),
  target: record.target === undefined ? undefined : redact(record.target),
  stream: record.stream,
  outcome: record.outcome,
  error: record.error,
  cause: record.error === 'internal' ? record.cause : undefined,
  durationMs: rounded(record.durationMs),
  firstTokenMs: rounded(record.firstTokenMs),
  queuedMs: rounded(record.notes.queuedMs),
  finish: record.finishes.length > 0 ? record.finishes : undefined,
  tokens: tokensOf(record, redact),
  costUsd: record.costNanos === undefined ? undefined : usdFromNanos(record.costNanos),
  attempts: record.attempts.map((line) => attemptFacts(line, redact)),
  hedge: record.notes.hedge,
  idempotency: record.notes.idempotency,
  replayOf: redacted(record.notes.replayOf, fresh),
  cache: cacheOf(record),
  output: outputOf(record, fresh),
  retryCount: record.retryCount > 0 ? record.retryCount : undefined,
  message: frame?.message,
})

/** How loud the line is: what operators must look at stands out, what callers did wrong does not. */
export const levelOf = (record: CallRecord): 'info' | 'warn' | 'error' => {
  if (record.error === undefined || record.outcome === 'cancelled') return 'info'
  if (record.error === 'internal') return 'error'
  return errorTable[record.error].fault === 'caller' ? 'info' : 'warn'
}

const redacted = (name: string | undefined, redact: Redact): string | undefined =>
  name === undefined ? undefined : redact(name)

const tagsOf = ({ caller: { tags } }: CallRecord, redact: Redact): unknown => {
  if (tags === undefined) return undefined
  const shown: Record<string, string> = Object.create(null)
  for (const name in tags) shown[redact(name)] = redact(tags[name] ?? '')
  return shown
}

const cacheOf = ({ notes: { cache } }: CallRecord): unknown =>
  cache && {
    outcome: cache.outcome,
    ageMs: rounded(cache.ageMs),
    savedUsd: cache.savedNanos === undefined ? undefined : usdFromNanos(cache.savedNanos),
    savedMs: rounded(cache.savedMs),
    wouldHit: cache.wouldHit,
    items: cache.items,
  }

const outputOf = ({ notes: { output } }: CallRecord, redact: Redact): unknown =>
  output && { rung: output.rung ?? 'invalid', asks: output.asks, schema: redacted(output.schema, redact) }

const rounded = (durationMs: number | undefined): number | undefined =>
  durationMs === undefined ? undefined : Math.round(durationMs * 10) / 10

/** Parts that are zero are left out; the source always stands there. */
const tokensOf = ({ usage }: CallRecord, redact: Redact): unknown => {
  if (usage === undefined) return undefined
  const tokens: Record<string, unknown> = {}
  for (const kind in usage) {
    const count = usage[kind as keyof Usage]
    if (count !== 0 && count !== undefined) tokens[kind] = typeof count === 'string' ? redact(count) : count
  }
  return tokens
}

const attemptFacts = (line: AttemptLine, redact: Redact): unknown => ({
  target: redact(line.target),
  hedge: line.hedge,
  outcome: line.outcome,
  status: line.status,
  durationMs: line.ended === undefined ? undefined : rounded(line.ended - line.started),
  costUsd: line.costNanos === undefined ? undefined : usdFromNanos(line.costNanos),
})

import type { CallEntry, EntryAttempt, EntryLimit } from './call-entry.ts'
import { open, short, type Told } from './packed.ts'
import { packUsage, unpackUsage } from './packed-usage.ts'

/** Stands for what is usual, or said elsewhere in the same entry. */
const same = 0

/**
 * An entry as text without line breaks: a third as long as its JSON, and written and read in half the time. What is unknown is
 * left out.
 */
export const writeEntry = (entry: CallEntry): string => JSON.stringify(packEntry(entry))

/** The entry of a text, or of JSON as it was written before, with what is unknown undefined or absent. */
export const readEntry = (text: string): CallEntry => {
  const found: CallEntry | PackedEntry = JSON.parse(text)
  return isPacked(found) ? unpackEntry(found) : found
}

const isPacked = (found: CallEntry | PackedEntry): found is PackedEntry => Array.isArray(found)

/**
 * Places stand for names; zeros at the end and what is said twice are left out. What is new comes last, so that what was
 * written before can be read.
 */
const packEntry = (entry: CallEntry) => {
  const { attempts, decisions } = entry
  const last = attempts.at(-1)
  return short([
    entry.id,
    entry.startedAt,
    entry.durationMs,
    entry.firstTokenMs,
    entry.key,
    entry.team,
    entry.model,
    entry.asked === entry.model ? same : entry.asked,
    entry.wire,
    entry.operation,
    entry.stream,
    entry.outcome,
    entry.target !== undefined && entry.target === last?.target ? same : entry.target,
    attempts.map(packAttempt),
    entry.finishes,
    entry.usage && (entry.usage === last?.usage ? same : packUsage(entry.usage)),
    entry.cost !== undefined && entry.cost === last?.cost ? same : entry.cost,
    decisions.limits?.map(packLimit),
    entry.prompt,
    entry.retryCount === 0 ? undefined : entry.retryCount,
    decisions.cache,
    decisions.order,
    entry.error,
    entry.user,
    entry.org,
    entry.queuedMs,
    entry.endUser,
    entry.session,
    entry.tags,
    entry.purpose,
    entry.parent,
    decisions.skipped,
    decisions.hedge,
    decisions.mirror,
    decisions.isShortened,
    decisions.output,
    decisions.idempotency,
    decisions.replayOf,
  ] as const)
}

type PackedEntry = ReturnType<typeof packEntry>

const unpackEntry = (packed: PackedEntry): CallEntry => {
  const [id, startedAt, durationMs, firstTokenMs, key, team, model, asked, wire, operation, ...more] = open(packed)
  const [stream, outcome, target, tries, finishes, usage, cost, limits, prompt, retryCount, ...rare] = more
  const [cache, order, error, user, org, queuedMs, endUser, session, tags, purpose, parent, ...rarest] = rare
  const [skipped, hedge, mirror, isShortened, output, idempotency, replayOf] = rarest
  const attempts = tries.map(unpackAttempt)
  const last = attempts.at(-1)
  const decisions: Told<CallEntry['decisions']> = {
    order,
    skipped,
    hedge,
    mirror,
    limits: limits?.map(unpackLimit),
    isShortened,
    cache,
    output,
    idempotency,
    replayOf,
  }
  const entry: Told<CallEntry> = {
    id,
    startedAt,
    durationMs,
    firstTokenMs,
    queuedMs,
    org,
    team,
    user,
    key,
    endUser,
    session,
    tags,
    wire,
    operation,
    stream,
    model,
    asked: asked === same ? model : asked,
    target: target === same ? last?.target : target,
    outcome,
    error,
    finishes,
    attempts,
    decisions,
    purpose,
    parent,
    prompt,
    usage: usage === same ? last?.usage : usage && unpackUsage(usage),
    cost: cost === same ? last?.cost : cost,
    retryCount: retryCount ?? 0,
  }
  return entry
}

const packAttempt = (attempt: EntryAttempt) =>
  short([
    attempt.target,
    attempt.ordinal,
    attempt.startMs,
    attempt.durationMs,
    attempt.outcome === 'ok' ? same : attempt.outcome,
    attempt.usage && packUsage(attempt.usage),
    attempt.cost,
    attempt.status,
    attempt.held,
    attempt.queuedMs,
    attempt.error,
    attempt.isHedge,
    attempt.isUnsent,
  ] as const)

const unpackAttempt = (packed: ReturnType<typeof packAttempt>): EntryAttempt => {
  const [target, ordinal, startMs, durationMs, outcome, usage, cost, status, held, queuedMs, ...more] = open(packed)
  const [error, isHedge, isUnsent] = more
  const attempt: Told<EntryAttempt> = {
    target,
    ordinal,
    startMs,
    durationMs,
    queuedMs,
    outcome: outcome === same ? 'ok' : outcome,
    error,
    status,
    usage: usage && unpackUsage(usage),
    cost,
    held,
    isHedge,
    isUnsent,
  }
  return attempt
}

const packLimit = ({ unit, limit, remaining, resetsAt }: EntryLimit) =>
  short([unit, limit, remaining, resetsAt] as const)

const unpackLimit = (packed: ReturnType<typeof packLimit>): EntryLimit => {
  const [unit, limit, remaining, resetsAt] = open(packed)
  return { unit, limit, remaining, resetsAt }
}

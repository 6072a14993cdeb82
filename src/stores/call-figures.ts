import type { CallEntry, EntryAttempt } from '../core/call-entry.ts'
import { LogHistogram } from './log-histogram.ts'

/** What is counted of calls and attempts, in the order in which it is packed. */
const countNames = [
  'calls',
  'ok',
  'errors',
  'cancelled',
  'hits',
  'retries',
  'fallbacks',
  'attempts',
  'failed',
  'unknownCost',
  'inputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'outputTokens',
  'reasoningTokens',
  'spokenTokens',
  'spokenMs',
] as const

type CountName = (typeof countNames)[number]

/**
 * What calls came to. Calls, their endings, hits and the two times of calls are of what callers asked; attempts, tokens and
 * money are also of what the gateway asked for itself. `spokenTokens` came within `spokenMs` after the first of them.
 */
export interface CallFigures {
  readonly counts: Record<CountName, number>
  /** Nano-dollars of attempts whose cost is known, those that were estimated included. */
  cost: bigint
  estimated: bigint
  /** What memory saved. */
  saved: bigint
  readonly latency: LogHistogram
  readonly firstToken: LogHistogram
  /** How long attempts took. */
  readonly attemptTime: LogHistogram
  /** Calls by the code of their error. */
  readonly errors: Map<string, number>
}

/** Nothing yet. */
export const noFigures = (): CallFigures => ({
  counts: Object.fromEntries(countNames.map((name) => [name, 0])) as Record<CountName, number>,
  cost: 0n,
  estimated: 0n,
  saved: 0n,
  latency: new LogHistogram(),
  firstToken: new LogHistogram(),
  attemptTime: new LogHistogram(),
  errors: new Map(),
})

/** Adds what others have added up. */
export const addFigures = (figures: CallFigures, more: CallFigures): void => {
  for (const name of countNames) figures.counts[name] += more.counts[name]
  figures.cost += more.cost
  figures.estimated += more.estimated
  figures.saved += more.saved
  figures.latency.merge(more.latency)
  figures.firstToken.merge(more.firstToken)
  figures.attemptTime.merge(more.attemptTime)
  for (const [code, count] of more.errors) figures.errors.set(code, (figures.errors.get(code) ?? 0) + count)
}

/** Figures as JSON text; the same text adds to others by `addPacked`. */
export const packFigures = (figures: CallFigures): string =>
  JSON.stringify([
    countNames.map((name) => figures.counts[name]),
    [String(figures.cost), String(figures.estimated), String(figures.saved)],
    figures.latency.pack(),
    figures.firstToken.pack(),
    figures.attemptTime.pack(),
    [...figures.errors],
  ])

/** Figures as they are packed, read from their text. */
export type PackedFigures = readonly [
  counts: readonly number[],
  money: readonly [string, string, string],
  latency: readonly number[],
  firstToken: readonly number[],
  attemptTime: readonly number[],
  errors: readonly (readonly [string, number])[],
]

/** Reads what `packFigures` wrote. */
export const readFigures = (text: string): PackedFigures => JSON.parse(text)

/** Adds figures that were packed. */
export const addPacked = (figures: CallFigures, packed: PackedFigures): void => {
  const [counts, [cost, estimated, saved], latency, firstToken, attemptTime, errors] = packed
  for (let index = 0; index < countNames.length; index++)
    figures.counts[countNames[index] as CountName] += counts[index] ?? 0
  if (cost !== '0') figures.cost += BigInt(cost)
  if (estimated !== '0') figures.estimated += BigInt(estimated)
  if (saved !== '0') figures.saved += BigInt(saved)
  figures.latency.unpack(latency)
  figures.firstToken.unpack(firstToken)
  figures.attemptTime.unpack(attemptTime)
  for (const [code, count] of errors) figures.errors.set(code, (figures.errors.get(code) ?? 0) + count)
}

/** Adds what a call came to, without its attempts. What the gateway asked for itself is no call of anybody. */
export const addCall = (figures: CallFigures, entry: CallEntry): void => {
  if (entry.purpose !== undefined) return
  const { counts } = figures
  counts.calls++
  if (entry.outcome === 'ok') counts.ok++
  else if (entry.outcome === 'cancelled') counts.cancelled++
  else counts.errors++
  if (entry.error !== undefined) figures.errors.set(entry.error, (figures.errors.get(entry.error) ?? 0) + 1)
  const { cache } = entry.decisions
  if (cache && cache.outcome !== 'miss' && cache.outcome !== 'off') counts.hits++
  if (cache?.saved !== undefined) figures.saved += BigInt(cache.saved)
  figures.latency.add(entry.durationMs)
  if (entry.firstTokenMs !== undefined) figures.firstToken.add(entry.firstTokenMs)
  addSpeed(figures, entry)
}

/** Adds an attempt of a call, and how it came to it: nothing where nothing was sent. */
export const addAttempt = (figures: CallFigures, attempt: EntryAttempt, before: string | undefined): void => {
  const { counts } = figures
  if (!attempt.isHedge && before !== undefined) {
    if (before === attempt.target) counts.retries++
    else counts.fallbacks++
  }
  if (attempt.isUnsent) return
  counts.attempts++
  if (attempt.outcome !== 'ok') counts.failed++
  figures.attemptTime.add(attempt.durationMs)
  const { usage, cost } = attempt
  if (usage) {
    counts.inputTokens += usage.input + usage.audioInput
    counts.cacheReadTokens += usage.cacheRead
    counts.cacheWriteTokens += usage.cacheWriteShort + usage.cacheWriteLong
    counts.outputTokens += usage.output + usage.audioOutput
    counts.reasoningTokens += usage.reasoning
  }
  if (cost === undefined) counts.unknownCost++
  else {
    figures.cost += BigInt(cost)
    if (usage?.source !== 'measured') figures.estimated += BigInt(cost)
  }
}

/** How quickly an answer was spoken, where it came as a stream. */
const addSpeed = ({ counts }: CallFigures, { stream, firstTokenMs, durationMs, usage, outcome }: CallEntry): void => {
  if (!stream || firstTokenMs === undefined || usage === undefined || outcome !== 'ok') return
  const tokens = usage.output + usage.reasoning
  if (tokens < 2 || durationMs <= firstTokenMs) return
  counts.spokenTokens += tokens - 1
  counts.spokenMs += durationMs - firstTokenMs
}

import type { LedgerLine } from '../core/ledger-line.ts'
import type { ReportRow } from './store.ts'

/** What lines add up to, in the order in which stores keep it. */
export interface Sums {
  attempts: number
  calls: number
  failed: number
  inputTokens: number
  cacheReadTokens: number
  cacheWriteTokens: number
  outputTokens: number
  reasoningTokens: number
  unknownCost: number
  measuredCost: bigint
  estimatedCost: bigint
  hits: number
  unknownSaved: number
  saved: bigint
}

/** What nothing adds up to. */
export const noSums = (): Sums => ({
  attempts: 0,
  calls: 0,
  failed: 0,
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  unknownCost: 0,
  measuredCost: 0n,
  estimatedCost: 0n,
  hits: 0,
  unknownSaved: 0,
  saved: 0n,
})

/** More than this in one line is a fault of whoever counted; sums of thousands of such lines stay exact. */
const mostTokens = 2 ** 36

const whole = (value: unknown): number =>
  typeof value === 'number' && value > 0 ? Math.min(Math.floor(value), mostTokens) : 0

/** Nine million dollars for one attempt: more is a fault, and sums must fit 64 bits. */
const mostNanos = 2n ** 53n

/** So many digits a double holds exactly, which is cheaper to read. */
const exactDigits = 15

const nanosOf = (cost: string | undefined): bigint | undefined => {
  if (typeof cost !== 'string' || cost === '') return undefined
  let exact = 0
  for (let index = 0; index < cost.length; index++) {
    const digit = cost.charCodeAt(index) - 0x30
    if (digit < 0 || digit > 9) return undefined
    exact = exact * 10 + digit
  }
  if (cost.length <= exactDigits) return BigInt(exact)
  if (cost.length > 19) return mostNanos
  const nanos = BigInt(cost)
  return nanos > mostNanos ? mostNanos : nanos
}

/**
 * Adds one line. A cost is measured when the provider counted what it is for, else estimated; without one it is unknown.
 * An answer from memory is a call without an attempt.
 */
export const addLine = (sums: Sums, line: LedgerLine): void => {
  if (line.last === true) {
    sums.calls++
    if (line.outcome !== 'ok') sums.failed++
  }
  const saved = line.saved === undefined ? undefined : nanosOf(line.saved)
  if (saved !== undefined) sums.saved += saved
  if (line.memory === undefined) addAttempt(sums, line)
  else {
    sums.hits++
    if (saved === undefined) sums.unknownSaved++
  }
}

const addAttempt = (sums: Sums, { usage, cost }: LedgerLine): void => {
  sums.attempts++
  if (usage) {
    sums.inputTokens += whole(usage.input) + whole(usage.audioInput)
    sums.cacheReadTokens += whole(usage.cacheRead)
    sums.cacheWriteTokens += whole(usage.cacheWriteShort) + whole(usage.cacheWriteLong)
    sums.outputTokens += whole(usage.output) + whole(usage.audioOutput)
    sums.reasoningTokens += whole(usage.reasoning)
  }
  const nanos = nanosOf(cost)
  if (nanos === undefined) sums.unknownCost++
  else if (usage?.source === 'measured') sums.measuredCost += nanos
  else sums.estimatedCost += nanos
}

/** Adds what others have added up. */
export const addSums = (sums: Sums, more: Readonly<Sums>): void => {
  sums.attempts += more.attempts
  sums.calls += more.calls
  sums.failed += more.failed
  sums.inputTokens += more.inputTokens
  sums.cacheReadTokens += more.cacheReadTokens
  sums.cacheWriteTokens += more.cacheWriteTokens
  sums.outputTokens += more.outputTokens
  sums.reasoningTokens += more.reasoningTokens
  sums.unknownCost += more.unknownCost
  sums.measuredCost += more.measuredCost
  sums.estimatedCost += more.estimatedCost
  sums.hits += more.hits
  sums.unknownSaved += more.unknownSaved
  sums.saved += more.saved
}

/** Attempts after which another one was made for the same call: tries again, at others, or side by side. */
export const retriesOf = ({ attempts, calls, hits }: Pick<Sums, 'attempts' | 'calls' | 'hits'>): number =>
  Math.max(0, attempts - (calls - hits))

/** Sums as a row of a report. */
export const rowOf = (group: ReportRow['group'], sums: Readonly<Sums>): ReportRow => ({
  group,
  ...sums,
  cost: sums.measuredCost + sums.estimatedCost,
})

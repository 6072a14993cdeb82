import type { Scope } from '../../core/scope.ts'
import { countsFrom, countsUntil, periodAt, type Window } from '../../core/window.ts'
import type { Crossed, Standing } from '../store.ts'

/** What was settled and leased in one period or slot. */
export interface Tally {
  readonly start: number
  readonly end: number
  settled: bigint
  leased: bigint
  /** Part of `settled` that was charged for processes that died. */
  lost: bigint
}

/** One allowance of one subject: what it came to in each period that counts. */
export interface Account {
  readonly allowance: string
  readonly subject: Scope
  readonly tallies: Map<number, Tally>
  window: Window
  limit: bigint
  /** Percents, rising, as far as somebody wants to be told. */
  alerts: readonly number[]
  /** The highest percent that was told of, and in which period. */
  told: { readonly start: number; readonly percent: number }
}

/** The figures that a limit is compared with. */
export interface Counted {
  readonly settled: bigint
  readonly leased: bigint
  readonly lost: bigint
}

export const openAccount = (allowance: string, subject: Scope, window: Window): Account => ({
  allowance,
  subject,
  tallies: new Map(),
  window,
  limit: 0n,
  alerts: [],
  told: { start: -1, percent: 0 },
})

/** The tally of this moment; what does not count any more, and is of no use to anybody, goes. */
export const tallyAt = (account: Account, nowMs: number): Tally => {
  const { start, end } = periodAt(account.window, nowMs)
  const found = account.tallies.get(start)
  if (found) return found
  const oldest = countsFrom(account.window, nowMs)
  for (const tally of account.tallies.values())
    if (tally.start < oldest && tally.leased === 0n && tally.lost === 0n) account.tallies.delete(tally.start)
  const tally: Tally = { start, end, settled: 0n, leased: 0n, lost: 0n }
  account.tallies.set(start, tally)
  return tally
}

/** Everything that counts against the limit at this moment. */
export const countedAt = (account: Account, nowMs: number): Counted => {
  const oldest = countsFrom(account.window, nowMs)
  let settled = 0n
  let leased = 0n
  let lost = 0n
  for (const tally of account.tallies.values()) {
    if (tally.start < oldest) continue
    settled += tally.settled
    leased += tally.leased
    lost += tally.lost
  }
  return { settled, leased, lost }
}

/** When more becomes free by itself; undefined: never. */
export const resetsAt = (account: Account, nowMs: number): number | undefined => {
  const { window } = account
  if (window.kind === 'total') return undefined
  const oldest = countsFrom(window, nowMs)
  let first = periodAt(window, nowMs).start
  for (const { start, settled, leased } of account.tallies.values())
    if (start >= oldest && start < first && settled + leased > 0n) first = start
  return countsUntil(window, first)
}

/** Where the account stands; of a rolling window, all slots that count together. */
export const standingAt = (account: Account, nowMs: number): Standing => {
  const { allowance, subject, window } = account
  return {
    allowance,
    subject,
    start: countsFrom(window, nowMs),
    end: periodAt(window, nowMs).end,
    ...countedAt(account, nowMs),
  }
}

/** The alerts that are due now, each once in a period; of a rolling window, again after it had fallen below. */
export const dueAlerts = (account: Account, nowMs: number): readonly Crossed[] => {
  const { allowance, subject, limit, window } = account
  if (account.alerts.length === 0) return []
  const { settled } = countedAt(account, nowMs)
  const reached = account.alerts.filter((percent) => settled > 0n && isReached(settled, percent, limit))
  const start = window.kind === 'rolling' ? 0 : periodAt(window, nowMs).start
  const before = account.told.start === start ? account.told.percent : 0
  const highest = reached.at(-1) ?? 0
  account.told = { start, percent: window.kind === 'rolling' ? highest : Math.max(before, highest) }
  return reached
    .filter((percent) => percent > before)
    .map((percent) => ({ allowance, subject, percent, settled, limit, start: periodAt(window, nowMs).start }))
}

/** Percents may have decimals. */
const isReached = (settled: bigint, percent: number, limit: bigint): boolean =>
  settled * 100_000n >= BigInt(Math.round(percent * 1000)) * limit

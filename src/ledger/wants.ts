import { larger, smaller } from '../core/amounts.ts'
import type { Want } from '../stores/store.ts'
import type { Purse } from './purse.ts'
import type { Lack } from './till.ts'

/** So many holds fit into a slice of money, at least, where there is enough. */
const holdsPerSlice = 16n
const secondMs = 1_000

/** What is asked of the store: what is missing here for all who wait, and some more, so that it need not be asked again soon. */
export const wantFor = ({ purse, ask, least, wish }: Lack, processes: number, clockMs: number): Want => {
  const { allowance, subject } = purse
  let demand = -purse.free
  for (const waiter of purse.waiters) demand += waiter.missing(purse)
  const needed = larger(wish, demand)
  const isLean = clockMs < purse.leanUntil
  return {
    allowance: allowance.id,
    subject,
    window: allowance.window,
    limit: allowance.limit,
    least,
    wish: isLean ? needed : larger(needed, supply(purse, ask.least, { processes, clockMs })),
    onLoss: allowance.unit === 'nanos' ? 'charge' : 'free',
    alerts: allowance.alerts,
  }
}

interface Moment {
  readonly processes: number
  readonly clockMs: number
}

/**
 * Money: about a second of what is spent here, since that much may be lost with the process. Everything else costs
 * nothing when the process dies: all of it, where nobody else is.
 */
const supply = (purse: Purse, least: bigint, { processes, clockMs }: Moment): bigint => {
  const { unit, limit } = purse.allowance
  if (unit === 'concurrency' && processes === 1) return limit
  const share = purse.estimate / BigInt(4 * processes)
  return unit === 'nanos' ? smaller(share, larger(least * holdsPerSlice, perSecond(purse, clockMs))) : share
}

const perSecond = ({ leasedLately, leasedSince }: Purse, clockMs: number): bigint => {
  const elapsed = Math.ceil(clockMs - leasedSince)
  return elapsed <= secondMs ? leasedLately : (leasedLately * BigInt(secondMs)) / BigInt(elapsed)
}

/** So much was leased now. */
export const noteLeased = (purse: Purse, amount: bigint, clockMs: number): void => {
  if (clockMs - purse.leasedSince > secondMs) {
    purse.leasedSince = clockMs
    purse.leasedLately = 0n
  }
  purse.leasedLately += amount
}

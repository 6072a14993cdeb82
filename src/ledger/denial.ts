import type { Allowance, AllowanceUnit } from '../core/allowance.ts'
import { GatewayError } from '../core/errors.ts'
import type { JsonValue } from '../core/json.ts'
import { usdFromNanos } from '../core/money.ts'
import type { Window } from '../core/window.ts'
import type { Shortage } from '../stores/store.ts'

/** What a refusal is about. */
export interface Denied {
  readonly allowance: Allowance
  readonly shortage: Shortage
  /** What was asked for at least. */
  readonly least: bigint
  /** Unix milliseconds of the store. */
  readonly nowMs: number
}

/** Calls under way end at no known time; SDKs may try again after this. */
const concurrencyRetryMs = 1_000
const mostSafe = BigInt(Number.MAX_SAFE_INTEGER)

/** The refusal of an ask that does not fit: money is `budget_exhausted`, everything else `rate_limited`. */
export const denial = (denied: Denied): GatewayError => {
  const { allowance, shortage } = denied
  const isMoney = allowance.unit === 'nanos'
  const facts = {
    limit: {
      id: allowance.id,
      whose: 'tollgate',
      scope: shortage.subject,
      unit: isMoney ? 'usd' : allowance.unit,
      limit: figure(allowance.unit, allowance.limit),
      used: figure(allowance.unit, shortage.settled + shortage.leased),
      resetsAt: shortage.resetsAt === undefined ? null : new Date(shortage.resetsAt).toISOString(),
    },
  }
  if (isMoney) return new GatewayError('budget_exhausted', moneyMessage(denied), { facts })
  return new GatewayError('rate_limited', rateMessage(denied), { facts, retryAfterMs: retryAfter(denied) })
}

const figure = (unit: AllowanceUnit, amount: bigint): JsonValue => {
  if (unit === 'nanos') return usdFromNanos(amount)
  return amount <= mostSafe ? Number(amount) : amount.toString()
}

const retryAfter = ({ allowance, shortage, least, nowMs }: Denied): number | undefined => {
  if (least > allowance.limit) return undefined
  if (allowance.unit === 'concurrency') return concurrencyRetryMs
  return shortage.resetsAt === undefined ? undefined : Math.max(1, shortage.resetsAt - nowMs)
}

const moneyMessage = ({ allowance, shortage, least }: Denied): string => {
  const { settled, leased, subject, resetsAt } = shortage
  const limit = usdFromNanos(allowance.limit)
  const need = least > 1n ? ` This attempt may cost ${usdFromNanos(least)} USD.` : ''
  const reset =
    resetsAt === undefined
      ? 'It does not reset by itself'
      : `More is free ${allowance.window.kind === 'rolling' ? 'from' : 'at'} ${new Date(resetsAt).toISOString()}`
  return (
    `The budget "${allowance.id}" of ${subject} has no room: ${usdFromNanos(settled + leased)} of ${limit} USD` +
    `${per(allowance.window)} are spent or set aside.${need} ${reset}. ` +
    `Ask for fewer output tokens or a cheaper model, or have the budget raised.`
  )
}

const nouns = { tokens: 'tokens', requests: 'requests', concurrency: 'calls at once', nanos: 'USD' } as const

const rateMessage = (denied: Denied): string => {
  const { allowance, shortage, least } = denied
  const { settled, leased, subject } = shortage
  const used = `${settled + leased} of ${allowance.limit} ${nouns[allowance.unit]}${per(allowance.window)} are in use`
  const start = `The limit "${allowance.id}" of ${subject} is reached: ${used}.`
  if (least > allowance.limit) return `${start} This call needs ${least}, more than is ever allowed: make it smaller.`
  if (allowance.unit === 'concurrency') return `${start} Try again when one has ended.`
  const waitMs = retryAfter(denied)
  if (waitMs === undefined) return `${start} It does not reset by itself; have it raised.`
  return `${start} Try again in ${Math.ceil(waitMs / 1000)} s.`
}

const per = (window: Window): string => {
  if (window.kind === 'total') return ''
  return window.kind === 'calendar' ? ` per ${window.per}` : ` per ${duration(window.ms)}`
}

const lengths = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1_000, 'second'],
] as const

const duration = (ms: number): string => {
  for (const [length, name] of lengths) {
    if (ms === length) return name
    if (ms % length === 0) return `${ms / length} ${name}s`
  }
  return `${ms} ms`
}

/** The refusal where the store cannot be asked and what is here does not suffice. */
export const unavailable = (why: string, cause?: unknown): GatewayError =>
  new GatewayError('store_unavailable', `${why} Calls on a budget are not taken until it can be asked again.`, {
    cause,
    retryAfterMs: 1_000,
  })

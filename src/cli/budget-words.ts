import { durationText } from '../config/durations.ts'
import type { Allowance, AllowanceUnit } from '../core/allowance.ts'
import type { Scope } from '../core/scope.ts'
import type { CalendarUnit, Window } from '../core/window.ts'
import { Misuse } from './failure.ts'

/** So many, and where it was written as a rate such as `300/m`, in which stretch of time. */
export interface Quantity {
  /** Of money: nano-dollars. */
  readonly amount: bigint
  readonly ms?: number | undefined
}

/** A budget or a limit in the words of the command line. */
export interface BudgetWords {
  readonly id?: string
  readonly scope: Scope
  readonly model?: string
  readonly usd?: Quantity
  readonly requests?: Quantity
  readonly tokens?: Quantity
  readonly concurrency?: bigint
  /** A number: milliseconds of a rolling window. */
  readonly per?: CalendarUnit | 'total' | number
  readonly timezone?: string
  readonly soft?: boolean
  readonly onLimit?: Allowance['onLimit'] | 'wait'
  readonly onShort?: Allowance['onShort']
  readonly alert?: readonly number[]
  readonly webhook?: string
}

/** Percents that somebody is told at, unless others are named. */
export const usualAlerts: readonly number[] = [50, 80, 100]

/** The allowance that is meant. Throws Misuse for words that contradict each other. */
export const allowanceFrom = (words: BudgetWords): Allowance => {
  const { unit, amount, ms } = measureOf(words)
  const isMoney = unit === 'nanos'
  if (!isMoney) checkMoneyOnly(words)
  const window = windowOf(words, unit, ms)
  const { scope, model, soft = false, onShort = 'clamp', webhook } = words
  const onLimit = words.onLimit === 'cheaper' ? 'cheaper' : 'refuse'
  const waits = words.onLimit === 'wait' || undefined
  if (isMoney && waits)
    throw new Misuse('--on-limit wait is for requests, tokens and calls at once: money does not come back by waiting.')
  const alerts = isMoney ? (words.alert ?? usualAlerts) : []
  const id = words.id ?? usualId({ scope, model, unit, window })
  return {
    id,
    unit,
    limit: amount,
    window,
    scope,
    model,
    isHard: !soft,
    ...(waits && { waits }),
    onLimit,
    onShort,
    alerts,
    webhook,
  }
}

/**
 * The id of a budget that was given none: the same for the same, so that setting it once more changes it. Throws Misuse
 * where it would be too long: cut off, it would mean another budget too.
 */
const usualId = ({ scope, model, unit, window }: Pick<Allowance, 'scope' | 'model' | 'unit' | 'window'>): string => {
  const parts = [scope.replace(/:\*$/, ''), unit === 'nanos' ? 'usd' : unit]
  if (window.kind === 'calendar') parts.push(window.per)
  if (window.kind === 'rolling') parts.push(durationText(window.ms))
  if (window.kind === 'total' && unit !== 'concurrency') parts.push('total')
  if (model !== undefined) parts.push(model)
  const id = parts.join('-').replaceAll(/[^\w.@+]+/g, '-')
  if (id.length > longestId) throw new Misuse(`Name this budget by --id: ${id} is too long for one.`)
  return id
}

const longestId = 64

const measureOf = ({
  usd,
  requests,
  tokens,
  concurrency,
}: BudgetWords): Quantity & { readonly unit: AllowanceUnit } => {
  const given = [
    usd && { unit: 'nanos' as const, ...usd },
    requests && { unit: 'requests' as const, ...requests },
    tokens && { unit: 'tokens' as const, ...tokens },
    concurrency === undefined ? undefined : { unit: 'concurrency' as const, amount: concurrency },
  ].filter((measure) => measure !== undefined)
  const [only, ...more] = given
  if (only !== undefined && more.length === 0) return only
  throw new Misuse(
    `${only === undefined ? 'How much was not said' : 'Each is set by itself'}: give one of --usd, --requests, --tokens and --concurrency.`,
  )
}

const checkMoneyOnly = ({ soft, onLimit, onShort, alert, webhook }: BudgetWords): void => {
  const money = onLimit === 'cheaper' ? onLimit : undefined
  const flags = {
    '--soft': soft,
    '--on-limit cheaper': money,
    '--on-short': onShort,
    '--alert': alert,
    '--webhook': webhook,
  }
  const [wrong] = Object.entries(flags).find(([, value]) => value !== undefined) ?? []
  if (wrong !== undefined) throw new Misuse(`${wrong} is for money only.`)
}

const windowOf = ({ per, timezone }: BudgetWords, unit: AllowanceUnit, ms: number | undefined): Window => {
  const isCalendar = ms === undefined && typeof per === 'string' && per !== 'total'
  if (timezone !== undefined && !isCalendar)
    throw new Misuse('--timezone goes with --per hour, day, week or month: nothing else begins at a time of day.')
  if (unit === 'concurrency') {
    if (per !== undefined) throw new Misuse('--concurrency has no --per: it is free again as soon as a call ends.')
    return { kind: 'total' }
  }
  if (ms !== undefined) {
    if (per !== undefined) throw new Misuse('A rate such as 300/m says its time already: leave --per out.')
    return { kind: 'rolling', ms }
  }
  if (per === undefined && unit !== 'nanos')
    throw new Misuse(`In which time? Write a rate such as --${unit} 300/m, or add --per day, 10m or total.`)
  if (per === undefined || per === 'total') return { kind: 'total' }
  return typeof per === 'number' ? { kind: 'rolling', ms: per } : { kind: 'calendar', per, timezone: timezone ?? 'UTC' }
}

import { durationText } from '../config/durations.ts'
import type { AllowanceView } from '../control/control.ts'
import type { Allowance, AllowanceUnit } from '../core/allowance.ts'
import { usdFromNanos } from '../core/money.ts'
import type { Window } from '../core/window.ts'
import type { Standing } from '../stores/store.ts'
import { momentText } from './moments.ts'
import { table } from './table.ts'

/** An amount in the unit of its allowance; money in USD, exactly. */
export const amountText = (unit: AllowanceUnit, amount: bigint): string =>
  unit === 'nanos' ? usdFromNanos(amount) : String(amount)

/** What is left of a limit, never less than nothing; nothing of a time that is over. */
export const freeOf = (limit: bigint, { settled, leased, end }: Standing): bigint =>
  limit > settled + leased && end > Date.now() ? limit - settled - leased : 0n

/**
 * Budgets and limits, a row for each subject that used of one; who used nothing yet has a row as well. What is at
 * servers is set aside for calls under way, or was taken by a server so that calls need not wait for the store.
 */
export const allowancesTable = (views: readonly AllowanceView[]): string =>
  table(
    [
      'ID',
      'WHOSE',
      'MODEL',
      'LIMIT',
      { heading: 'USED', align: 'point' },
      { heading: 'AT SERVERS', align: 'point' },
      { heading: 'FREE', align: 'point' },
      { heading: 'LOST', align: 'point' },
      'UNTIL (UTC)',
      'AT THE LIMIT',
      'FROM',
    ],
    views.flatMap(rowsOf),
  )

const rowsOf = (view: AllowanceView): string[][] =>
  view.standings.length === 0 ? [rowOf(view)] : view.standings.map((standing) => rowOf(view, standing))

const rowOf = ({ allowance, isDeclared }: AllowanceView, standing?: Standing): string[] => {
  const { id, unit, limit, scope, model } = allowance
  const amounts = standing ? [standing.settled, standing.leased, freeOf(limit, standing)] : [0n, 0n, limit]
  return [
    id,
    standing?.subject ?? scope,
    model ?? '',
    limitText(allowance),
    ...amounts.map((amount) => amountText(unit, amount)),
    standing?.lost ? amountText(unit, standing.lost) : '',
    momentText(standing?.end),
    actionText(allowance),
    isDeclared ? 'configuration' : 'store',
  ]
}

const unitTexts: Readonly<Record<AllowanceUnit, string>> = {
  nanos: 'USD',
  tokens: 'tokens',
  requests: 'requests',
  concurrency: 'at once',
}

/** A limit in words: `100 USD per month (Europe/Berlin)`, `300 requests in 1m`, `20 at once`. */
export const limitText = ({ unit, limit, window }: Pick<Allowance, 'unit' | 'limit' | 'window'>): string =>
  `${amountText(unit, limit)} ${unitTexts[unit]}${unit === 'concurrency' ? '' : windowText(window)}`

const windowText = (window: Window): string => {
  if (window.kind === 'total') return ' in total'
  return window.kind === 'rolling' ? ` in ${durationText(window.ms)}` : ` per ${window.per} (${window.timezone})`
}

const actionText = ({ isHard, waits, onLimit, alerts }: Allowance): string => {
  const told = alerts.length === 0 ? '' : `, told at ${alerts.map((percent) => `${percent}%`).join(' ')}`
  return `${isHard ? (waits ? 'wait' : onLimit) : 'go on'}${told}`
}

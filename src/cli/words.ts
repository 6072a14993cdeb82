import { InvalidArgumentError } from 'commander'
import { durationMs } from '../config/durations.ts'
import { longestRateMs, rateFrom } from '../config/rates.ts'
import { hint } from '../config/suggest.ts'
import { type Scope, scopeFrom, scopeKinds } from '../core/scope.ts'
import { isTimeZone } from '../core/time-zones.ts'
import type { CalendarUnit } from '../core/window.ts'
import { type ReportKey, reportKeys } from '../stores/store.ts'
import type { Quantity } from './budget-words.ts'
import { futureMoment, pastMoment } from './moments.ts'

const examplesOfMoments = 'a date such as 2026-11-24, or a date with a time such as 2026-11-24T09:30Z'

/** Reads names with commas between them. */
export const names = (text: string): readonly string[] => {
  const all = text.split(',').map((name) => name.trim())
  if (all.includes('')) throw new InvalidArgumentError('It must be names with commas between them.')
  return all
}

/** Reads a moment that lies back, in Unix milliseconds. */
export const past = (text: string): number => {
  const at = pastMoment(text, Date.now())
  if (at !== undefined) return at
  throw new InvalidArgumentError(`It must be now, today, a time ago such as 7d or 12h, ${examplesOfMoments}.`)
}

/** Reads a moment to come, in Unix milliseconds. */
export const future = (text: string): number => {
  const now = Date.now()
  const at = futureMoment(text, now)
  if (at !== undefined && at > now) return at
  throw new InvalidArgumentError(`It must be to come: a time from now such as 90d, ${examplesOfMoments}.`)
}

/** Reads a duration, in milliseconds. */
export const duration = (text: string): number => {
  const ms = text === '0' ? 0 : durationMs(text)
  if (ms !== undefined) return ms
  throw new InvalidArgumentError('It must be a duration such as 30s, 10m, 24h or 7d.')
}

const reportKey = (text: string): ReportKey => {
  const key = reportKeys.find((known) => known === text)
  if (key !== undefined) return key
  throw new InvalidArgumentError(`There is no ${JSON.stringify(text)} to report by${hint(text, reportKeys)}`)
}

/** Reads what a report is grouped by. */
export const reportGroups = (text: string): readonly ReportKey[] => {
  const keys = names(text).map(reportKey)
  if (keys.length <= 3 && new Set(keys).size === keys.length) return keys
  throw new InvalidArgumentError('It must be one to three of them, each once.')
}

/** Reads one more `key=name` that a report keeps to; the name may hold further `=`, as tags do. */
export const condition = (
  text: string,
  earlier: Readonly<Partial<Record<ReportKey, string>>> = {},
): Readonly<Partial<Record<ReportKey, string>>> => {
  const [, key = '', name] = /^([^=]*)=(.+)$/s.exec(text) ?? []
  if (name === undefined) throw new InvalidArgumentError('It must be a key and a name, such as team=shop.')
  const known = reportKey(key)
  if (earlier[known] !== undefined) throw new InvalidArgumentError(`There can be one ${known} only.`)
  return { ...earlier, [known]: name }
}

/** Reads whose a budget is. */
export const scope = (text: string): Scope => {
  const read = scopeFrom(text)
  if (read !== undefined) return read
  const kind = text.slice(0, Math.max(0, text.indexOf(':')))
  const near = kind === '' ? '' : hint(kind, scopeKinds)
  throw new InvalidArgumentError(
    `It must be like team:shop, key:web, session:* (each by itself) or gateway:*${near || '.'}`,
  )
}

const billion = 1_000_000_000n

/** So many billionths, alone or within a time. A number alone is read like a rate whose time does not matter. */
const billionths = (text: string): { readonly amount: bigint; readonly ms: number | undefined } | undefined => {
  const isRate = text.includes('/')
  const rate = /\.\d{10}/.test(text) ? undefined : rateFrom(isRate ? text : `${text}/s`)
  return rate && { amount: rate.billionths, ms: isRate ? rate.ms : undefined }
}

/** Reads how many of something: `1000`, `200k`, or a rate such as `300/m`. */
export const quantity = (text: string): Quantity => {
  const read = billionths(text)
  if (read && read.amount % billion === 0n) return { ...read, amount: read.amount / billion }
  throw new InvalidArgumentError('It must be a whole number such as 1000 or 200k, or a rate such as 300/m or 10k/d.')
}

/** Reads how many calls at once. */
export const count = (text: string): bigint => {
  if (/^\d{1,7}$/.test(text)) return BigInt(text)
  throw new InvalidArgumentError('It must be a whole number such as 20.')
}

/** Reads US dollars, to nine decimals: `100`, `0.05`, or a rate such as `5/h`. */
export const money = (text: string): Quantity => {
  const read = billionths(text)
  if (read) return read
  throw new InvalidArgumentError('It must be US dollars such as 100 or 0.05, or a rate such as 5/h.')
}

const calendarUnits: readonly CalendarUnit[] = ['hour', 'day', 'week', 'month']

/** Reads the time a budget is for. */
export const window = (text: string): CalendarUnit | 'total' | number => {
  const named = [...calendarUnits, 'total' as const].find((name) => name === text)
  const ms = named === undefined ? durationMs(text) : undefined
  if (named !== undefined) return named
  if (ms !== undefined && ms >= 1_000 && ms <= longestRateMs) return ms
  throw new InvalidArgumentError(
    'It must be hour, day, week, month, total, or any stretch from 1s to 366d such as 24h.',
  )
}

/** Reads the name of a time zone. */
export const timezone = (text: string): string => {
  if (isTimeZone(text)) return text
  throw new InvalidArgumentError(
    `It must be a time zone such as Europe/Berlin${hint(text, Intl.supportedValuesOf('timeZone'))}`,
  )
}

/** Reads percents with commas between them, or one more of them; they end up rising. */
export const percents = (text: string, earlier: readonly number[] = []): readonly number[] => {
  const read = names(text).map((each) => (/^\d{1,4}%?$/.test(each) ? Number(each.replace('%', '')) : 0))
  if (read.some((percent) => percent < 1 || percent > 1_000))
    throw new InvalidArgumentError('It must be percentages of the budget such as 80% or 50%,80%,100%.')
  return [...new Set([...earlier, ...read])].toSorted((one, other) => one - other)
}

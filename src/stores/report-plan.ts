import { invalid } from '../core/errors.ts'
import { isPlainKey, isScopedKey, isTimeKey, type PlainKey, type ScopedKey } from './line-keys.ts'
import { hourMs, narrowed, type Stretch } from './report-time.ts'
import { type LineQuery, type ReportKey, type ReportQuery, reportKeys } from './store.ts'

/** A filter: what must be under a key. */
export interface Condition<Key> {
  readonly key: Key
  readonly name: string
}

/** What a report reads, checked. */
export interface ReportPlan {
  /** Whole hours. */
  readonly stretch: Stretch
  readonly by: readonly ReportKey[]
  readonly conditions: readonly Condition<PlainKey>[]
  /** The one key of made-up names that it is about, if any, and the one name of it that is meant. */
  readonly scoped: ScopedKey | undefined
  readonly scopedName: string | undefined
  readonly limit: number
}

const mostKeys = 3

const checkKey = (key: string): void => {
  if (!(reportKeys as readonly string[]).includes(key))
    throw invalid('by', `"${key}" is none of ${reportKeys.join(', ')}.`)
}

/** Checks a query. Throws `invalid_request` for what roll-ups cannot tell. */
export const planReport = (query: ReportQuery): ReportPlan => {
  const { by, where } = query
  const filters = Object.keys(where).filter((key) => where[key as ReportKey] !== undefined) as ReportKey[]
  for (const key of [...by, ...filters]) checkKey(key)
  if (by.length > mostKeys || new Set(by).size < by.length)
    throw invalid('by', `A report groups by at most ${mostKeys} keys, each once.`)
  const scoped = onlyScoped([...by, ...filters])
  checkStretch(query)
  const stretch = { from: Math.floor(query.from / hourMs) * hourMs, to: Math.ceil(query.to / hourMs) * hourMs }
  return {
    stretch: narrowed(stretch, where),
    by,
    conditions: conditionsOf(filters, where),
    scoped,
    scopedName: scoped && where[scoped],
    limit: checkedLimit(query.limit),
  }
}

const onlyScoped = (keys: readonly ReportKey[]): ScopedKey | undefined => {
  const scoped = keys.find(isScopedKey)
  if (scoped === undefined) return undefined
  const other = keys.find((key) => key !== scoped && !isTimeKey(key))
  if (other !== undefined)
    throw invalid('by', `"${scoped}" goes with a time (hour, day, month) alone, not with "${other}".`)
  return scoped
}

const conditionsOf = (filters: readonly ReportKey[], where: ReportQuery['where']): Condition<PlainKey>[] =>
  filters.filter(isPlainKey).map((key) => ({ key, name: where[key] ?? '' }))

const checkStretch = ({ from, to }: Stretch): void => {
  for (const [name, at] of Object.entries({ from, to }))
    if (!Number.isSafeInteger(at) || at < 0) throw invalid(name, 'It must be a time in Unix milliseconds.')
}

const checkedLimit = (limit: number): number => {
  if (!Number.isSafeInteger(limit) || limit < 0) throw invalid('limit', 'It must be a whole number from 0.')
  return limit
}

/** What a search for lines reads, checked. */
export interface LinePlan {
  readonly stretch: Stretch
  readonly conditions: readonly Condition<PlainKey>[]
  readonly scoped: readonly Condition<ScopedKey>[]
  readonly limit: number
}

/** Checks a search for lines. Throws `invalid_request`. */
export const planLines = (query: LineQuery): LinePlan => {
  const { where } = query
  const filters = Object.keys(where).filter((key) => where[key as ReportKey] !== undefined) as ReportKey[]
  for (const key of filters) checkKey(key)
  checkStretch(query)
  return {
    stretch: narrowed({ from: query.from, to: query.to }, where),
    conditions: conditionsOf(filters, where),
    scoped: filters.filter(isScopedKey).map((key) => ({ key, name: where[key] ?? '' })),
    limit: checkedLimit(query.limit),
  }
}

import type { LedgerLine } from '../core/ledger-line.ts'
import type { ReportKey } from './store.ts'

/** What a line has one of. Sums are kept for every combination that occurred. */
export const plainKeys = ['org', 'team', 'user', 'key', 'model', 'target', 'provider', 'outcome'] as const
export type PlainKey = (typeof plainKeys)[number]

/** Whose names callers make up, so that there may be many: sums are kept for each by itself. */
export const scopedKeys = ['end_user', 'session', 'tag'] as const
export type ScopedKey = (typeof scopedKeys)[number]

export const timeKeys = ['hour', 'day', 'month'] as const
export type TimeKey = (typeof timeKeys)[number]

const includes = <Key extends string>(keys: readonly Key[], key: string): key is Key =>
  (keys as readonly string[]).includes(key)

export const isPlainKey = (key: ReportKey): key is PlainKey => includes(plainKeys, key)
export const isScopedKey = (key: ReportKey): key is ScopedKey => includes(scopedKeys, key)
export const isTimeKey = (key: ReportKey): key is TimeKey => includes(timeKeys, key)

/** Whatever has names under all plain keys. */
export type Named = Pick<LedgerLine, Exclude<PlainKey, 'provider'>>

const provider = (target: string): string => {
  const slash = target.indexOf('/')
  return slash < 0 ? target : target.slice(0, slash)
}

const readers: Readonly<Record<PlainKey, (named: Named) => string | undefined>> = {
  org: (named) => named.org,
  team: (named) => named.team,
  user: (named) => named.user,
  key: (named) => named.key,
  model: (named) => named.model,
  target: (named) => named.target,
  provider: (named) => provider(named.target),
  outcome: (named) => named.outcome,
}

/** What a line has under a key; empty when it has nothing there. */
export const plainName = (named: Named, key: PlainKey): string => readers[key](named) ?? ''

const none: readonly string[] = []

/** The names a line has under a key whose names callers make up: several for tags, as `name=value`. */
export const scopedNames = (line: LedgerLine, key: ScopedKey): readonly string[] => {
  if (key === 'tag') return line.tags ? Object.entries(line.tags).map(([name, value]) => `${name}=${value}`) : none
  const name = key === 'session' ? line.session : line.endUser
  return name === undefined || name === '' ? none : [name]
}

import type { Allowance, Bound, Match } from '../core/allowance.ts'
import type { Caller } from '../core/call.ts'
import { type Scope, scopesOf } from '../core/scope.ts'

/** What was found before for one caller, by model and provider; names that make no difference share an entry. */
interface Found {
  readonly model: string
  readonly provider: string
  readonly bounds: readonly Bound[]
  readonly before: Found | undefined
}

const none: readonly Bound[] = []

/** Says which of these allowances bind a caller. Made anew when they change; callers are remembered as long as they live. */
export const createMatch = (allowances: readonly Allowance[]): Match => {
  if (allowances.length === 0) return () => none
  const index = indexOf(allowances)
  const models = new Set(allowances.map(({ model }) => model))
  const known = new WeakMap<Caller, Found>()
  return (caller, model, provider) => {
    const modelKey = models.has(model) ? model : ''
    const providerKey = provider !== undefined && isMeant(index, provider) ? provider : ''
    const latest = known.get(caller)
    for (let found = latest; found; found = found.before)
      if (found.model === modelKey && found.provider === providerKey) return found.bounds
    const bounds = bind(index, scopesFor(caller, providerKey), modelKey)
    known.set(caller, { model: modelKey, provider: providerKey, bounds, before: latest })
    return bounds
  }
}

/** Allowances by whom they are for, each list in the order of ids. */
interface Index {
  readonly byScope: ReadonlyMap<string, readonly Allowance[]>
  /** Those that stand for each of a kind. */
  readonly forEach: ReadonlyMap<string, readonly Allowance[]>
  readonly hasProviders: boolean
  readonly hasTags: boolean
}

const indexOf = (allowances: readonly Allowance[]): Index => {
  const byScope = new Map<string, Allowance[]>()
  const forEach = new Map<string, Allowance[]>()
  for (const allowance of allowances.toSorted((one, other) => compare(one.id, other.id))) {
    const { scope } = allowance
    if (scope.endsWith(':*')) append(forEach, kindOf(scope), allowance)
    else append(byScope, scope, allowance)
  }
  const has = (kind: string): boolean => allowances.some(({ scope }) => kindOf(scope) === kind)
  return { byScope, forEach, hasProviders: has('provider'), hasTags: has('tag') }
}

const append = (map: Map<string, Allowance[]>, key: string, allowance: Allowance): void => {
  const list = map.get(key)
  if (list) list.push(allowance)
  else map.set(key, [allowance])
}

const isMeant = ({ hasProviders, byScope, forEach }: Index, provider: string): boolean =>
  hasProviders && (forEach.has('provider') || byScope.has(`provider:${provider}`))

const scopesFor = (caller: Caller, provider: string): readonly Scope[] =>
  provider === '' ? scopesOf(caller) : [...scopesOf(caller), `provider:${provider}`]

/** Scopes come in the order of their kinds; only of tags there may be several. */
const bind = (index: Index, scopes: readonly Scope[], model: string): readonly Bound[] => {
  const bounds: Bound[] = []
  const tagged: Bound[] = []
  for (const subject of scopes) {
    const kind = kindOf(subject)
    if (kind !== 'tag') bindOne(index, { subject, kind, model }, bounds)
    else if (index.hasTags) {
      bindOne(index, { subject, kind, model }, tagged)
      const each = `${subject.slice(0, subject.indexOf('='))}=*`
      if (each !== subject) add(index.byScope.get(each), { subject, kind, model }, tagged)
    }
  }
  if (tagged.length === 0) return bounds.length === 0 ? none : bounds
  tagged.sort((one, other) => byId(one, other) || compare(one.subject, other.subject))
  const after = bounds.findIndex(({ subject }) => kindOf(subject) === 'provider')
  bounds.splice(after === -1 ? bounds.length : after, 0, ...tagged)
  return bounds
}

interface Sought {
  readonly subject: Scope
  readonly kind: string
  readonly model: string
}

const bindOne = (index: Index, sought: Sought, bounds: Bound[]): void => {
  const before = bounds.length
  add(index.byScope.get(sought.subject), sought, bounds)
  const between = bounds.length
  add(index.forEach.get(sought.kind), sought, bounds)
  if (between > before && bounds.length > between) bounds.push(...bounds.splice(before).sort(byId))
}

const add = (list: readonly Allowance[] | undefined, { subject, model }: Sought, bounds: Bound[]): void => {
  if (list === undefined) return
  for (const allowance of list)
    if (allowance.model === undefined || allowance.model === model) bounds.push({ allowance, subject })
}

const kindOf = (scope: Scope): string => scope.slice(0, scope.indexOf(':'))

const byId = (one: Bound, other: Bound): number => compare(one.allowance.id, other.allowance.id)

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

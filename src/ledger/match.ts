import type { Allowance, Bound, Match } from '../core/allowance.ts'
import type { Caller } from '../core/call.ts'
import { type Scope, scopesOf } from '../core/scope.ts'
import { type MadeUpNames, MatchMemory } from './match-memory.ts'

const none: readonly Bound[] = []

/** Says which of these allowances bind a caller. Made anew when they change, and nothing is remembered from before then. */
export const createMatch = (allowances: readonly Allowance[]): Match => {
  if (allowances.length === 0) return () => none
  const index = indexOf(allowances)
  const models = new Set(allowances.flatMap(({ model }) => model ?? []))
  const memory = new MatchMemory(index.madeUp)
  return (caller, model, provider) => {
    const modelKey = models.size > 0 && models.has(model) ? model : ''
    const providerKey = provider !== undefined && isMeant(index, provider) ? provider : ''
    const known = memory.find(caller, modelKey, providerKey)
    if (known) return known
    const bounds = bind(index, scopesFor(caller, providerKey), modelKey)
    memory.keep(caller, modelKey, providerKey, bounds)
    return bounds
  }
}

/** Allowances by whom they are for, each list in the order of ids. */
interface Index {
  readonly byScope: ReadonlyMap<string, readonly Allowance[]>
  /** Those that stand for each of a kind. */
  readonly forEach: ReadonlyMap<string, readonly Allowance[]>
  readonly hasProviders: boolean
  readonly madeUp: MadeUpNames
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
  const madeUp = { endUsers: has('end_user'), sessions: has('session'), tags: has('tag') }
  return { byScope, forEach, hasProviders: has('provider'), madeUp }
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
    else if (index.madeUp.tags) {
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

import type { Caller } from '../core/call.ts'
import type { Declaration, DeclaredKey } from './declaration.ts'
import type { DirectoryLog, Followed } from './followed.ts'
import { mergedParents, type Parents } from './merged.ts'

/** Whose a key is, and how long it is accepted. */
export interface KnownKey {
  readonly caller: Caller
  /** Unix milliseconds; `Infinity`: for ever. */
  readonly until: number
}

export interface Callers {
  /** By digest. */
  readonly keys: ReadonlyMap<string, KnownKey>
  /** By name; one object for each, so that what is known of a caller can hang on it. */
  readonly callers: ReadonlyMap<string, Caller>
}

export interface CallerSources {
  /** Digests of declared keys by name. */
  readonly declared: ReadonlyMap<string, string>
  readonly entries: Followed
  readonly log: DirectoryLog
  /** Callers as they were: whoever stays the same stays the same object. */
  readonly before: ReadonlyMap<string, Caller>
}

/** Everybody who has a key. A name that is declared and made belongs to the declared key, and the other is told of. */
export const createCallers = (config: Declaration, sources: CallerSources): Callers => {
  const { declared, entries, log, before } = sources
  const parents = mergedParents(config, entries)
  const keys = new Map<string, KnownKey>()
  const callers = new Map<string, Caller>()
  const remember = (caller: Caller): Caller => {
    const same = before.get(caller.key)
    const kept = same !== undefined && isSame(same, caller) ? same : caller
    callers.set(kept.key, kept)
    return kept
  }
  for (const key of config.keys) {
    const digest = declared.get(key.name)
    const caller = remember(callerOf(key.name, key, parents))
    if (digest !== undefined) keys.set(digest, { caller, until: key.expiresAt ?? Number.POSITIVE_INFINITY })
  }
  for (const { name, document } of entries.all('key')) {
    if (declared.has(name)) {
      log.error({ name }, 'A key is declared and in the store; the declared one holds.')
      continue
    }
    if (document.revokedAt !== undefined) continue
    const caller = remember(callerOf(name, document, parents))
    const end = document.expiresAt ?? Number.POSITIVE_INFINITY
    for (const { digest, until = end } of document.digests) {
      if (!keys.has(digest)) keys.set(digest, { caller, until: Math.min(until, end) })
    }
  }
  return { keys, callers }
}

type Belongs = Pick<DeclaredKey, 'org' | 'team' | 'user' | 'models' | 'doors' | 'priority' | 'weight' | 'cache'>

/** What a key does not say itself, its user and its team say. */
const callerOf = (name: string, belongs: Belongs, { orgOf, teamOf }: Parents): Caller => {
  const { org, team, user, models, doors, priority, weight, cache } = belongs
  const ownTeam = team ?? (user === undefined ? undefined : teamOf.get(user))
  const ownOrg = org ?? (ownTeam === undefined ? undefined : orgOf.get(ownTeam))
  return { key: name, org: ownOrg, team: ownTeam, user, models, doors, priority, weight, cache }
}

const isSame = (one: Caller, other: Caller): boolean => JSON.stringify(one) === JSON.stringify(other)

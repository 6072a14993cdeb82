import type { Caller } from './call.ts'

/**
 * The kinds of whom money and limits belong to, in the order in which they are asked, always the same, so that two
 * processes never wait for each other. `gateway` is everybody together.
 */
export const scopeKinds = ['gateway', 'org', 'team', 'user', 'key', 'end_user', 'session', 'tag', 'provider'] as const

export type ScopeKind = (typeof scopeKinds)[number]

/** Whom money and limits belong to: `team:shop`, `tag:feature=search`; `gateway:*` is everybody. */
export type Scope = `${ScopeKind}:${string}`

const longestName = 256

/**
 * A written scope, or undefined when it is none: a kind, a colon and a name of 1 to 256 characters without control
 * characters. `*` stands for each by itself; `gateway` has no other name.
 */
export const scopeFrom = (text: string): Scope | undefined => {
  const colon = text.indexOf(':')
  const kind = text.slice(0, Math.max(0, colon))
  const name = text.slice(colon + 1)
  if (!isScopeKind(kind) || name.length === 0 || name.length > longestName || /\p{Cc}/u.test(name)) return undefined
  return kind === 'gateway' && name !== '*' ? undefined : `${kind}:${name}`
}

const isScopeKind = (text: string): text is ScopeKind => scopeKinds.some((kind) => kind === text)

/** The scopes a call belongs to by its caller, in the order of their kinds. */
export const scopesOf = (caller: Caller): readonly Scope[] => {
  const scopes: Scope[] = ['gateway:*']
  if (caller.org !== undefined) scopes.push(`org:${caller.org}`)
  if (caller.team !== undefined) scopes.push(`team:${caller.team}`)
  if (caller.user !== undefined) scopes.push(`user:${caller.user}`)
  scopes.push(`key:${caller.key}`)
  if (caller.endUser !== undefined) scopes.push(`end_user:${caller.endUser}`)
  if (caller.session !== undefined) scopes.push(`session:${caller.session}`)
  for (const name of Object.keys(caller.tags ?? {}).sort()) scopes.push(`tag:${name}=${caller.tags?.[name]}`)
  return scopes
}

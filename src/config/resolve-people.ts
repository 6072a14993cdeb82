import type * as z from 'zod'
import type { DeclaredScope } from '../control/declaration.ts'
import { type Path, shown } from './complaints.ts'
import type { Entry } from './entries.ts'
import type { Names } from './names.ts'
import type { orgSchema, teamSchema, userSchema } from './people-schema.ts'
import type { keySchema } from './schema.ts'
import type { KnownScopes } from './scope-names.ts'
import { hint } from './suggest.ts'

/** The sections that say who belongs to whom. */
export interface People {
  readonly orgs: readonly Entry<z.output<typeof orgSchema>>[]
  readonly teams: readonly Entry<z.output<typeof teamSchema>>[]
  readonly users: readonly Entry<z.output<typeof userSchema>>[]
  readonly keys: readonly Entry<z.output<typeof keySchema>>[]
}

type Kind = DeclaredScope['kind']

const namesOf = (entries: readonly Entry<unknown>[]): string[] => entries.map(({ name }) => name)

/** Everybody that a configuration describes or names. */
export const knownScopes = ({ orgs, teams, users, keys }: People): KnownScopes => {
  const named = (...lists: readonly (readonly (string | undefined)[])[]): Set<string> =>
    new Set(lists.flat().filter((name) => name !== undefined))
  return {
    org: named(
      namesOf(orgs),
      teams.map(({ value }) => value.org),
      keys.map(({ value }) => value.org),
    ),
    team: named(
      namesOf(teams),
      users.map(({ value }) => value.team),
      keys.map(({ value }) => value.team),
    ),
    user: named(
      namesOf(users),
      keys.map(({ value }) => value.user),
    ),
    key: named(keys.map(({ value }) => value.name)),
  }
}

/** The orgs, teams and users that are described. Names that contradict each other, or are missing, are complained of. */
export const resolvePeople = (people: People, names: Names): readonly DeclaredScope[] => {
  const { orgs, teams, users, keys } = people
  for (const [kind, entries] of [
    ['org', orgs],
    ['team', teams],
    ['user', users],
  ] as const)
    for (const { name, path } of entries)
      if (!/^\P{Cc}{1,200}$/u.test(name))
        names.complain(path, `expected a name of an ${kind}, 1 to 200 characters`, 'key')
  const described: Record<Kind, ReadonlySet<string>> = {
    org: new Set(namesOf(orgs)),
    team: new Set(namesOf(teams)),
    user: new Set(namesOf(users)),
  }
  const checking: Checking = { described, names }
  for (const { value, path } of teams) checkDescribed('org', value.org, path, checking)
  for (const { value, path } of users) checkDescribed('team', value.team, path, checking)
  const parents = { org: new Map<string, string>(), team: new Map<string, string>() }
  for (const { name, value } of teams) if (value.org !== undefined) parents.org.set(name, value.org)
  for (const { name, value } of users) if (value.team !== undefined) parents.team.set(name, value.team)
  for (const { value, path } of keys) {
    for (const kind of ['org', 'team', 'user'] as const) checkDescribed(kind, value[kind], path, checking)
    checkMember(value.user, value.team, parents.team, { kind: 'team', path, names })
    checkMember(value.team, value.org, parents.org, { kind: 'org', path, names })
  }
  return [
    ...orgs.map(({ name }) => ({ kind: 'org' as const, name })),
    ...teams.map(({ name, value }) => ({ kind: 'team' as const, name, parent: value.org })),
    ...users.map(({ name, value }) => ({ kind: 'user' as const, name, parent: value.team })),
  ]
}

interface Checking {
  readonly described: Readonly<Record<Kind, ReadonlySet<string>>>
  readonly names: Names
}

/** Where a section describes anybody of a kind, a name that it has not is a slip, and its budgets would not hold. */
const checkDescribed = (kind: Kind, name: string | undefined, path: Path, { described, names }: Checking): void => {
  if (name === undefined || described[kind].size === 0 || described[kind].has(name)) return
  const problem = `no ${kind} here is called ${shown(name)}${hint(name, described[kind])}`
  names.complain([...path, kind], problem)
}

interface Membership {
  readonly kind: 'team' | 'org'
  readonly path: Path
  readonly names: Names
}

const checkMember = (
  member: string | undefined,
  written: string | undefined,
  parents: ReadonlyMap<string, string>,
  { kind, path, names }: Membership,
): void => {
  const parent = member === undefined ? undefined : parents.get(member)
  if (parent === undefined || written === undefined || parent === written) return
  names.complain([...path, kind], `${shown(member)} belongs to the ${kind} ${shown(parent)}`)
}

import { GatewayError, invalid } from '../core/errors.ts'
import type { Control, KeyView, ScopeView } from './control.ts'
import type { Declaration } from './declaration.ts'
import type { Entries } from './entries.ts'
import { checkName, declaredOnly, missing } from './refusals.ts'

export interface ScopesOptions {
  readonly entries: Entries
  readonly declared: Declaration
  keys(): Promise<readonly KeyView[]>
  /** Scopes that made allowances bind, as they are written. */
  bound(): Promise<readonly string[]>
}

type Kind = ScopeView['kind']

const kinds = ['org', 'team', 'user'] as const
const above: Readonly<Record<Kind, Kind | undefined>> = { org: undefined, team: 'org', user: 'team' }

/** Orgs, teams and users: who belongs to whom. */
export const createScopes = (options: ScopesOptions): Pick<Control, 'scopes' | 'putScope' | 'deleteScope'> => {
  const { entries, declared } = options
  const isDeclared = (kind: Kind, name: string): boolean =>
    declared.scopes.some((scope) => scope.kind === kind && scope.name === name)
  const scopes = async (): Promise<readonly ScopeView[]> => {
    const made: ScopeView[] = []
    for (const kind of kinds) {
      for (const { name, document, deleted } of await entries.all(kind)) {
        if (!deleted && !isDeclared(kind, name)) made.push({ kind, name, parent: document.parent, isDeclared: false })
      }
    }
    return [...declared.scopes.map((scope) => ({ ...scope, isDeclared: true })), ...made]
  }
  return {
    scopes,
    async putScope({ kind, name, parent }, actor) {
      checkName('name', name)
      if (isDeclared(kind, name)) throw declaredOnly(`The ${kind} ${name}`)
      if (parent !== undefined) checkParent(kind, parent, await scopes())
      const found = await entries.get(kind, name)
      const note = { actor, action: `${kind}.set`, detail: { parent: parent ?? null } }
      await entries.write({ kind, name, document: { parent }, expect: found?.version ?? 'new', ...note })
      return { kind, name, parent, isDeclared: false }
    },
    async deleteScope(kind, name, actor) {
      if (isDeclared(kind, name)) throw declaredOnly(`The ${kind} ${name}`)
      const found = await entries.get(kind, name)
      if (!found || found.deleted) throw missing(`${kind} of this name`)
      await checkUnused(kind, name, { ...options, scopes })
      const { document, version } = found
      const note = { actor, action: `${kind}.delete`, detail: {} }
      await entries.write({ kind, name, document, deleted: true, expect: version, ...note })
    },
  }
}

const checkParent = (kind: Kind, parent: string, scopes: readonly ScopeView[]): void => {
  const wanted = above[kind]
  if (wanted === undefined) throw invalid('parent', `nothing stands above an ${kind}`)
  if (!scopes.some((scope) => scope.kind === wanted && scope.name === parent)) {
    throw invalid(wanted, `there is no ${wanted} of this name`)
  }
}

interface Users extends Pick<ScopesOptions, 'keys' | 'bound'> {
  scopes(): Promise<readonly ScopeView[]>
}

/** Whatever still names it would silently fall out of its budgets. */
const checkUnused = async (kind: Kind, name: string, { keys, bound, scopes }: Users): Promise<void> => {
  const users = [
    ...(await scopes())
      .filter((scope) => above[scope.kind] === kind && scope.parent === name)
      .map((scope) => `${scope.kind} ${scope.name}`),
    ...(await keys()).filter((key) => key[kind] === name && key.state !== 'revoked').map((key) => `key ${key.name}`),
    ...(await bound()).filter((scope) => scope === `${kind}:${name}`).map((scope) => `an allowance of ${scope}`),
  ]
  if (users.length === 0) return
  const some = users.slice(0, 5).join(', ')
  const more = users.length > 5 ? ` and ${users.length - 5} more` : ''
  throw new GatewayError('conflict', `The ${kind} ${name} is still used by ${some}${more}.`)
}

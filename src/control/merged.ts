import type { Allowance } from '../core/allowance.ts'
import type { Declaration } from './declaration.ts'
import type { DirectoryLog, Followed } from './followed.ts'

/** Declared allowances, then made ones. One id cannot mean two: the declared one holds, and the other is told of. */
export const mergedAllowances = (
  declared: readonly Allowance[],
  entries: Followed,
  log: DirectoryLog,
): readonly Allowance[] => {
  const ids = new Set(declared.map(({ id }) => id))
  const made: Allowance[] = []
  for (const { name, document } of entries.all('allowance')) {
    if (document.id !== name)
      log.error({ name }, 'An allowance of the store has another id than its name; it is not used.')
    else if (ids.has(name)) log.error({ name }, 'An allowance is declared and in the store; the declared one holds.')
    else made.push(document)
  }
  return [...declared, ...made]
}

/** Who belongs to whom: the org of a team, the team of a user. */
export interface Parents {
  readonly orgOf: ReadonlyMap<string, string>
  readonly teamOf: ReadonlyMap<string, string>
}

/** Who belongs to whom, as declared, else as made. */
export const mergedParents = ({ scopes }: Pick<Declaration, 'scopes'>, entries: Followed): Parents => {
  const parentsOf = (kind: 'team' | 'user'): ReadonlyMap<string, string> => {
    const parents = new Map<string, string>()
    for (const { name, document } of entries.all(kind))
      if (document.parent !== undefined) parents.set(name, document.parent)
    for (const scope of scopes) {
      if (scope.kind !== kind) continue
      if (scope.parent === undefined) parents.delete(scope.name)
      else parents.set(scope.name, scope.parent)
    }
    return parents
  }
  return { orgOf: parentsOf('team'), teamOf: parentsOf('user') }
}

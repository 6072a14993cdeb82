import { type Scope, scopeFrom, scopeKinds } from '../core/scope.ts'
import { type Path, shown } from './complaints.ts'
import type { Names } from './names.ts'
import { hint } from './suggest.ts'

/** Names that somebody has in a configuration, by the kind of scope. */
export type KnownScopes = Readonly<Record<'org' | 'team' | 'user' | 'key', ReadonlySet<string>>>

/** Names that records use for callers without a key of their own. */
export const callersWithoutKey: readonly string[] = ['anonymous', 'library', 'cli']

/** A written scope, or undefined after a complaint: an unknown kind, or somebody nobody here is. */
export const readScope = (
  text: string,
  path: Path,
  { known, names }: { readonly known: KnownScopes; readonly names: Names },
): Scope | undefined => {
  const scope = scopeFrom(text)
  const [kind = ''] = text.split(':', 1)
  const name = text.slice(kind.length + 1)
  if (scope === undefined) {
    names.complain(path, `expected a scope such as team:shop or gateway:*, got ${shown(text)}${kindHint(text, kind)}`)
    return undefined
  }
  const problem = name === '*' ? undefined : nameProblem(kind, name, { known, names })
  if (problem === undefined) return scope
  names.complain(path, problem)
  return undefined
}

const kindHint = (text: string, kind: string): string =>
  scopeKinds.some((each) => each === kind) || !text.includes(':') ? '' : hint(kind, scopeKinds)

/** A budget that binds nobody looks like one that holds; what is made at run time gets its own there. */
const nameProblem = (
  kind: string,
  name: string,
  { known, names }: { readonly known: KnownScopes; readonly names: Names },
): string | undefined => {
  if (kind === 'provider')
    return names.providers.has(name) ? undefined : `no provider is called ${shown(name)}${hint(name, names.providers)}`
  if (kind === 'tag') return /^[\w.-]+=/.test(name) ? undefined : 'expected a tag with its value: tag:name=value'
  if (kind !== 'org' && kind !== 'team' && kind !== 'user' && kind !== 'key') return undefined
  if (known[kind].has(name) || (kind === 'key' && callersWithoutKey.includes(name))) return undefined
  const where = kind === 'key' ? 'declare the key' : `add ${kind}s.${name}, or name it in a key`
  return `no ${kind} here is called ${shown(name)}${hint(name, known[kind]) || `; ${where}`}`
}

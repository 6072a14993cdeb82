import type { CacheEntry, CacheFilter } from './store.ts'

/** Of an entry, what a filter asks for. */
export type Filtered = Pick<CacheEntry, 'key' | 'scope' | 'model' | 'owner' | 'tags'>

/** Does all of the filter apply to an entry? */
export const filterMatches = (filter: CacheFilter, entry: Filtered): boolean =>
  (filter.key === undefined || filter.key === entry.key) &&
  (filter.scope === undefined || filter.scope === entry.scope) &&
  (filter.owner === undefined || filter.owner === entry.owner) &&
  (filter.model === undefined || filter.model === entry.model) &&
  (filter.tag === undefined || hasTag(entry.tags, filter.tag))

const hasTag = (tags: Readonly<Record<string, string>>, tag: string): boolean => {
  for (const name of Object.keys(tags)) if (`${name}=${tags[name]}` === tag) return true
  return false
}

/** What is told when somebody asks for what belongs to another scope. */
export const scopeMismatch = (scope: string): readonly [string, Readonly<Record<string, string>>] => [
  'A kept answer was asked for by another scope than its own; it was not given.',
  { event: 'cache_scope_mismatch', scope },
]

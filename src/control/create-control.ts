import type { Store } from '../stores/store.ts'
import { createAllowances } from './allowances.ts'
import type { Control } from './control.ts'
import type { Declaration } from './declaration.ts'
import { Entries } from './entries.ts'
import type { Known } from './key-changes.ts'
import { createKeys } from './keys.ts'
import { createScopes } from './scopes.ts'

export interface ControlOptions extends Partial<Known> {
  readonly store: Pick<Store, 'control' | 'reports'>
  /** The store's own secret: `store.control.secret()`. */
  readonly secret: Uint8Array
  /** Awaited after each change, so that it holds in this process when the answer is out: `directory.refresh`. */
  changed?(): Promise<unknown>
  /** What the configuration declares: shown with the rest, and changed only there. Undefined: nothing. */
  readonly declared?: Declaration | undefined
}

const nothing: Declaration = { keys: [], scopes: [], allowances: [] }

/** What administrators can do with a store, checked and written down. `now` is `Date.now` unless it is given. */
export const createControl = ({ store, secret, declared = nothing, ...given }: ControlOptions): Control => {
  const known: Known = { ...given, now: given.now ?? Date.now }
  const entries = new Entries(store.control, given.changed)
  const keys = createKeys({ entries, declared, secret, known })
  const allowances = createAllowances({ entries, declared, reports: store.reports, known })
  const bound = async (): Promise<readonly string[]> =>
    (await entries.all('allowance')).filter(({ deleted }) => !deleted).map(({ document }) => document.scope)
  return {
    ...keys,
    ...createScopes({ entries, declared, keys: keys.keys, bound }),
    ...allowances,
    usage: (query) => store.reports.report(query),
    lines: (query) => store.reports.lines(query),
    audit: (query) => store.control.audit(query),
  }
}

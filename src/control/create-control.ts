import { cacheScopeOf } from '../core/fingerprint.ts'
import type { AnswerCache, Store } from '../stores/store.ts'
import { createAllowances } from './allowances.ts'
import { createAnswerControl } from './answers.ts'
import type { Control } from './control.ts'
import type { Declaration } from './declaration.ts'
import { Entries } from './entries.ts'
import type { Known } from './key-changes.ts'
import { createKeys } from './keys.ts'
import { noteReading } from './note-reading.ts'
import { createScopes } from './scopes.ts'

export interface ControlOptions extends Partial<Known> {
  readonly store: Pick<Store, 'control' | 'reports'>
  /** The store's own secret: `store.control.secret()`. */
  readonly secret: Uint8Array
  /** Awaited after each change, so that it holds in this process when the answer is out: `directory.refresh`. */
  changed?(): Promise<unknown>
  /** Answers that are kept; undefined: none are. */
  readonly answers?: Pick<AnswerCache, 'purge' | 'standing'> | undefined
  /** What the configuration declares: shown with the rest, and changed only there. Undefined: nothing. */
  readonly declared?: Declaration | undefined
}

const nothing: Declaration = { keys: [], scopes: [], allowances: [] }

/** What administrators can do with a store, checked and written down. `now` is `Date.now` unless it is given. */
export const createControl = ({ store, secret, answers, declared = nothing, ...given }: ControlOptions): Control => {
  const known: Known = { ...given, now: given.now ?? Date.now }
  const entries = new Entries(store.control, given.changed)
  const keys = createKeys({ entries, declared, secret, known })
  const allowances = createAllowances({ entries, declared, reports: store.reports, known })
  const bound = async (): Promise<readonly string[]> =>
    (await entries.all('allowance')).filter(({ deleted }) => !deleted).map(({ document }) => document.scope)
  const scopes = createScopes({ entries, declared, keys: keys.keys, bound })
  const purging = createAnswerControl({ entries, answers, keys: keys.keys, scopes: scopes.scopes })
  return {
    ...keys,
    async revokeKey(name, actor) {
      const view = await keys.revokeKey(name, actor)
      await answers?.purge({ owner: name })
      return view
    },
    ...scopes,
    async deleteScope(kind, name, actor) {
      await scopes.deleteScope(kind, name, actor)
      // What stands for a deleted team or org would be given to the next one of this name.
      if (answers && kind !== 'user')
        await purging.purgeAnswers(
          kind === 'team' ? { team: name } : { scope: cacheScopeOf({ key: 'any', org: name }, 'org') },
          actor,
        )
    },
    ...allowances,
    ...purging,
    noteReading: (call, actor) => noteReading(entries, call, actor),
    usage: (query) => store.reports.report(query),
    lines: (query) => store.reports.lines(query),
    audit: (query) => store.control.audit(query),
  }
}

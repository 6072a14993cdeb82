import { GatewayError, invalid } from '../core/errors.ts'
import { cacheScopeOf } from '../core/fingerprint.ts'
import type { AnswerCache, CacheFilter } from '../stores/store.ts'
import type { AnswersWanted, Control, KeyView, ScopeView } from './control.ts'
import type { Entries } from './entries.ts'

export interface AnswersOptions {
  readonly entries: Entries
  /** Undefined: none are kept here. */
  readonly answers?: Pick<AnswerCache, 'purge' | 'standing'> | undefined
  keys(): Promise<readonly KeyView[]>
  scopes(): Promise<readonly ScopeView[]>
}

type Answers = Pick<Control, 'answersStanding' | 'purgeAnswers'>

const longest = 512

/** Answers that are kept: how many there are, and taking them away. */
export const createAnswerControl = ({ entries, answers, keys, scopes }: AnswersOptions): Answers => {
  const given = (): NonNullable<AnswersOptions['answers']> => {
    if (answers) return answers
    throw new GatewayError('not_found', 'No answers are kept here.')
  }
  return {
    async answersStanding() {
      return given().standing()
    },
    async purgeAnswers(wanted, actor) {
      const filter = filterOf(wanted)
      const there = given()
      const found = await entries.get('cache', 'answers')
      const note = { actor, action: 'cache.purge', detail: { ...wanted } }
      // First, so that nothing is ever taken away without a word of who did it.
      await entries.write({ kind: 'cache', name: 'answers', document: {}, expect: found?.version ?? 'new', ...note })
      const team = wanted.team ?? teamOf(filter.scope)
      if (team === undefined) return there.purge(filter)
      let count = 0
      for (const org of await orgsOf({ keys, scopes }))
        count += await there.purge({ ...filter, scope: teamScope(team, org) })
      return count
    },
  }
}

/** The name of a team stands behind that of its org: all orgs there are, and none. */
const orgsOf = async ({ keys, scopes }: Pick<AnswersOptions, 'keys' | 'scopes'>): Promise<Set<string | undefined>> =>
  new Set([
    undefined,
    ...(await scopes()).filter(({ kind }) => kind === 'org').map(({ name }) => name),
    ...(await scopes()).filter(({ kind }) => kind === 'team').map(({ parent }) => parent),
    ...(await keys()).map(({ org }) => org),
  ])

/** Of a scope that names a team and no org; undefined: it names something else. */
const teamOf = (scope: string | undefined): string | undefined => {
  const name = /^team:([^/]+)$/.exec(scope ?? '')?.[1]
  return name?.replace(/%(?:25|2F)/g, decodeURIComponent)
}

const teamScope = (team: string, org: string | undefined): string => cacheScopeOf({ key: 'any', team, org }, 'team')

const fields = ['key', 'scope', 'owner', 'model', 'tag', 'team'] as const

const filterOf = (wanted: AnswersWanted): CacheFilter => {
  const { all, team, ...filter } = wanted
  const given = fields.filter((field) => wanted[field] !== undefined)
  for (const field of given) {
    const length = wanted[field]?.length ?? 0
    if (length === 0 || length > longest) throw invalid(field, `must have 1 to ${longest} characters`)
  }
  if (filter.tag?.includes('=') === false) throw invalid('tag', 'must look like name=value')
  if (team !== undefined && filter.scope !== undefined) throw invalid('team', 'is a scope: give one of them')
  if (filter.scope !== undefined && !/^(?:gateway$|gateway:\*$|(?:key|team|org):.)/.test(filter.scope))
    throw invalid('scope', 'must be gateway, or begin with key:, team: or org:')
  if (all === true && given.length > 0) throw invalid('all', 'goes with nothing else')
  if (all !== true && given.length === 0) throw invalid('', `needs one of ${fields.join(', ')}, or all`)
  return filter.scope === 'gateway' ? { ...filter, scope: 'gateway:*' } : filter
}

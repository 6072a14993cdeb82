import type * as z from 'zod'
import { type Path, shown } from './complaints.ts'
import { fieldsAt } from './json-schema.ts'
import { hint } from './suggest.ts'

/** Takes note of something that is wrong, at a value or at the key before it. */
export type Complain = (path: Path, problem: string, part?: 'key') => void

type Issue = z.core.$ZodIssue

interface Placed {
  readonly path: Path
  readonly issue: Issue
}

/** What a schema found, with whole paths; of several forms a value may have, only the one that was meant counts. */
const placed = (issues: readonly Issue[], base: Path): Placed[] =>
  issues.flatMap((issue) => {
    const path = [...base, ...(issue.path as (string | number)[])]
    const meant = issue.code === 'invalid_union' ? fittingBranch(issue.errors) : undefined
    return meant ? placed(meant, path) : [{ path, issue }]
  })

/** The form whose outermost type fits, if there is exactly one; a list of words fits nothing but a word. */
const fittingBranch = (branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined => {
  const without = (list: readonly (readonly Issue[])[], unfit: Issue['code']) =>
    list.filter((branch) => !branch.some(({ code, path }) => code === unfit && !path.length))
  const fitting = without(branches, 'invalid_type')
  const best = fitting.length > 1 ? without(fitting, 'invalid_value') : fitting
  return best.length === 1 ? best[0] : undefined
}

/** Tells what a schema found, in the words of the configuration's reader. */
export const complainOf = (issues: readonly Issue[], complain: Complain): void => {
  for (const { path, issue } of placed(issues, [])) {
    if (issue.code !== 'unrecognized_keys') complain(path, problemOf(issue, path))
    else {
      const known = fieldsAt(path)
      for (const key of issue.keys) complain([...path, key], `unknown field${hint(key, known)}`, 'key')
    }
  }
}

/** Where a schema found something wrong: the values themselves, or the fields that should not be there. */
export const wrongPaths = (issues: readonly Issue[]): Path[] =>
  placed(issues, []).flatMap(({ path, issue }) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path],
  )

const problemOf = (issue: Issue, path: Path): string => {
  const { input, message } = issue
  if (input === undefined && issue.code === 'invalid_type') return `is missing; ${message}`
  if (!message.startsWith('expected')) return message
  if (input === null) return `is empty; ${message}`
  if (isSecret(path)) return `${message}, got a ${typeof input}${typeof input === 'number' ? '; put it in quotes' : ''}`
  const isWord = issue.code === 'invalid_value' && typeof input === 'string'
  const meant = isWord ? hint(input, issue.values.map(String)) : ''
  return `${message}, got ${shown(input)}${meant.startsWith('; did') ? meant : ''}`
}

const secretFields: ReadonlySet<string | number> = new Set([
  'apiKey',
  'key',
  'token',
  'readToken',
  'secret',
  'webhook',
  'redis',
])

/** Never shown, however wrong. */
const isSecret = (path: Path): boolean => {
  const last = path.at(-1)
  return secretFields.has(last ?? '') || path.includes('headers') || path.includes('webhooks')
}

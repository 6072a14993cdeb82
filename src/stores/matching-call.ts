import type { CallEntry } from '../core/call-entry.ts'
import type { CallFilter } from './call-store.ts'

/** Is this one of the calls that are meant? */
export const matchesCall = (entry: CallEntry, where: CallFilter): boolean => {
  const { target, provider, tag, minDurationMs } = where
  return (
    plain.every((field) => where[field] === undefined || entry[field] === where[field]) &&
    (target === undefined || targetsOf(entry).includes(target)) &&
    (provider === undefined || targetsOf(entry).some((each) => each.startsWith(`${provider}/`))) &&
    (tag === undefined || tagsOf(entry).includes(tag)) &&
    (minDurationMs === undefined || entry.durationMs >= minDurationMs)
  )
}

const plain = [
  'model',
  'key',
  'team',
  'user',
  'endUser',
  'session',
  'outcome',
  'error',
  'purpose',
  'prompt',
  'parent',
] as const

/** The targets that a call tried, or that answered from memory; each once. */
export const targetsOf = ({ target, attempts }: CallEntry): string[] => [
  ...new Set([...(target === undefined ? [] : [target]), ...attempts.map((attempt) => attempt.target)]),
]

/** Tags as `name=value`. */
export const tagsOf = ({ tags = {} }: CallEntry): string[] =>
  Object.entries(tags).map(([name, value]) => `${name}=${value}`)

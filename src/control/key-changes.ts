import { invalid } from '../core/errors.ts'
import { keyCaches } from '../core/key-cache.ts'
import { leastWeight, mostWeight, priorities } from '../core/priority.ts'
import type { KeyView, NewKey } from './control.ts'
import type { DeclaredKey } from './declaration.ts'
import type { KeyDocument } from './documents.ts'
import { shownKey } from './key-format.ts'
import { checkName } from './refusals.ts'

/** What of a key may be chosen. */
export type KeyFields = Omit<NewKey, 'name'>

/** What exists, so that a key cannot be opened for what does not. */
export interface Known {
  /** Undefined: not known here, so every name is taken. */
  isModel?(name: string): boolean
  /** Is this a name of `webhooks.endpoints`? Undefined: there are none. */
  isEndpoint?(name: string): boolean
  /** Paths of doors; undefined: not known here. */
  readonly doors?: readonly string[] | undefined
  /** Unix milliseconds. */
  now(): number
}

const reserved: readonly string[] = ['anonymous', 'library']

export const checkKeyName = (name: string): void => {
  checkName('name', name)
  if (reserved.includes(name)) throw invalid('name', `${name} is what callers without a key are called`)
}

/** Throws `invalid_request` for a field of a key that cannot be. */
export const checkKeyFields = (fields: KeyFields, known: Known): void => {
  for (const field of ['org', 'team', 'user'] as const) {
    const name = fields[field]
    if (name !== undefined) checkName(field, name)
  }
  for (const [at, model] of (fields.models ?? []).entries()) {
    if (model === '' || known.isModel?.(model) === false) throw invalid(`models.${at}`, 'no model has this name')
  }
  for (const [at, door] of (fields.doors ?? []).entries()) {
    if (known.doors?.includes(door) === false) {
      throw invalid(`doors.${at}`, `is none of ${known.doors.join(', ')}`)
    }
  }
  checkShare(fields)
  const { expiresAt } = fields
  if (expiresAt !== undefined && !(expiresAt > known.now())) throw invalid('expiresAt', 'must be in the future')
}

const checkShare = ({ priority, weight, cache }: KeyFields): void => {
  if (priority !== undefined && !priorities.includes(priority))
    throw invalid('priority', `must be ${priorities.join(', ')}`)
  if (weight !== undefined && !(weight >= leastWeight && weight <= mostWeight))
    throw invalid('weight', `must be from ${leastWeight} to ${mostWeight}`)
  if (cache !== undefined && !keyCaches.includes(cache)) throw invalid('cache', `must be ${keyCaches.join(', ')}`)
}

const changeable = ['org', 'team', 'user', 'models', 'doors', 'priority', 'weight', 'cache', 'expiresAt'] as const

/** The document with its changes; a field that is there and undefined is taken away. */
export const changed = (document: KeyDocument, changes: Partial<KeyFields>): KeyDocument => {
  const fields: Record<string, unknown> = {}
  for (const field of changeable) if (Object.hasOwn(changes, field)) fields[field] = changes[field]
  return { ...document, ...fields }
}

const stateOf = (
  { revokedAt, expiresAt }: Pick<KeyDocument, 'revokedAt' | 'expiresAt'>,
  now: number,
): KeyView['state'] => {
  if (revokedAt !== undefined) return 'revoked'
  return expiresAt !== undefined && expiresAt <= now ? 'expired' : 'active'
}

/** A key as it may be seen: neither its secret nor its digests. */
export const viewOfKey = (name: string, document: KeyDocument, now: number): KeyView => {
  const { shown, org, team, user, models, doors, priority, weight, cache, createdAt, expiresAt } = document
  const state = stateOf(document, now)
  const may = { models, doors, priority, weight, cache }
  return { name, shown, org, team, user, ...may, createdAt, expiresAt, state, isDeclared: false }
}

export const viewOfDeclaredKey = ({ key, ...rest }: DeclaredKey, now: number): KeyView => ({
  ...rest,
  shown: shownKey(key),
  state: stateOf(rest, now),
  isDeclared: true,
})

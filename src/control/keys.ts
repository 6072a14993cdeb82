import { GatewayError, invalid } from '../core/errors.ts'
import type { Control, KeyView } from './control.ts'
import type { Declaration } from './declaration.ts'
import type { KeyDocument } from './documents.ts'
import type { Entries, Found } from './entries.ts'
import { changed, checkKeyFields, checkKeyName, type Known, viewOfDeclaredKey, viewOfKey } from './key-changes.ts'
import { createKeySecret, digestOf, shownKey } from './key-format.ts'
import { declaredOnly, missing, taken } from './refusals.ts'

export interface KeysOptions {
  readonly entries: Entries
  readonly declared: Declaration
  /** What digests of keys are made under. */
  readonly secret: Uint8Array
  readonly known: Known
}

const longestOverlapMs = 90 * 86_400_000
/** Secrets of one key that work at once, while rotations overlap. */
const mostSecrets = 8

type Keys = Pick<Control, 'keys' | 'createKey' | 'rotateKey' | 'changeKey' | 'revokeKey'>

/** Virtual keys: made, changed, given new secrets, revoked; never deleted, so that no name means two keys. */
export const createKeys = (options: KeysOptions): Keys => ({ ...making(options), ...changing(options) })

const making = ({ entries, declared, secret: storeSecret, known }: KeysOptions): Pick<Keys, 'keys' | 'createKey'> => ({
  async keys() {
    const made = (await entries.all('key')).filter(({ name, deleted }) => !deleted && !isDeclared(declared, name))
    const now = known.now()
    return [
      ...declared.keys.map((key) => viewOfDeclaredKey(key, now)),
      ...made.map(({ name, document }) => viewOfKey(name, document, now)),
    ]
  },
  async createKey({ name, ...fields }, actor) {
    checkKeyName(name)
    checkKeyFields(fields, known)
    if (isDeclared(declared, name) || (await entries.get('key', name))) throw taken(`A key called ${name}`)
    const { secret } = createKeySecret()
    const now = known.now()
    const document = changed({ ...shownAs(secret, storeSecret), createdAt: now }, fields)
    await entries.write({ kind: 'key', name, document, actor, action: 'key.create', detail: fields, expect: 'new' })
    return { key: viewOfKey(name, document, now), secret }
  },
})

const isDeclared = ({ keys }: Declaration, name: string): boolean => keys.some((key) => key.name === name)

const changing = (options: KeysOptions): Pick<Keys, 'rotateKey' | 'changeKey' | 'revokeKey'> => {
  const { entries, declared, secret: storeSecret, known } = options
  const find = async (name: string): Promise<Found<'key'>> => {
    if (isDeclared(declared, name)) throw declaredOnly(`The key ${name}`)
    const found = await entries.get('key', name)
    if (!found || found.deleted) throw missing('key of this name')
    if (found.document.revokedAt !== undefined) throw new GatewayError('conflict', `The key ${name} was revoked.`)
    return found
  }
  const save = async (found: Found<'key'>, document: KeyDocument, note: Note): Promise<KeyView> => {
    await entries.write({ kind: 'key', name: found.name, document, expect: found.version, ...note })
    return viewOfKey(found.name, document, known.now())
  }
  return {
    async rotateKey(name, overlapMs, actor) {
      const found = await find(name)
      const { secret } = createKeySecret()
      const older = stillGood(found.document, known.now(), overlapMs)
      const { digests, shown } = shownAs(secret, storeSecret)
      const document = { ...found.document, shown, digests: [...digests, ...older] }
      const key = await save(found, document, { actor, action: 'key.rotate', detail: { overlapMs, shown } })
      return { key, secret }
    },
    async changeKey(name, changes, actor) {
      checkKeyFields(changes, known)
      const found = await find(name)
      // Undefined is not written as JSON; what was taken away is told as null.
      const detail = Object.fromEntries(Object.entries(changes).map(([field, value]) => [field, value ?? null]))
      return save(found, changed(found.document, changes), { actor, action: 'key.change', detail })
    },
    async revokeKey(name, actor) {
      const found = await find(name)
      const document = { ...found.document, revokedAt: known.now() }
      return save(found, document, { actor, action: 'key.revoke', detail: {} })
    },
  }
}

interface Note {
  readonly actor: string
  readonly action: string
  readonly detail: Readonly<Record<string, unknown>>
}

const shownAs = (secret: string, storeSecret: Uint8Array): Pick<KeyDocument, 'digests' | 'shown'> => ({
  digests: [{ digest: digestOf(secret, storeSecret) }],
  shown: shownKey(secret),
})

/** The digests that go on beside a new one, none longer than the overlap. Throws for overlaps that cannot be. */
const stillGood = ({ digests }: KeyDocument, now: number, overlapMs: number): KeyDocument['digests'] => {
  if (!Number.isSafeInteger(overlapMs) || overlapMs < 0 || overlapMs > longestOverlapMs) {
    throw invalid('overlap', 'must be from 0s to 90d')
  }
  const end = now + overlapMs
  const older = digests
    .map(({ digest, until }) => ({ digest, until: Math.min(until ?? end, end) }))
    .filter(({ until }) => until > now)
  if (older.length >= mostSecrets) {
    throw new GatewayError('conflict', `${mostSecrets} secrets of this key work already; wait until one is over.`)
  }
  return older
}

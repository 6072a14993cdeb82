import { createCipheriv, createDecipheriv, createHmac, hash, randomBytes } from 'node:crypto'

/** Closes what is kept, so that it is given only whole and in its place; and names what must be looked up. */
export interface Seal {
  /** Empty: nothing is encrypted. */
  readonly id: string
  /** Names a text, of a kind, without telling it. */
  digest(kind: string, text: string): Uint8Array
  /** `place`: what it belongs to. It can be opened only with the same. */
  close(bytes: Uint8Array, place: string): Uint8Array
  /** Undefined: it was changed, or belongs elsewhere. */
  open(sealed: Uint8Array, place: string): Uint8Array | undefined
}

const digestBytes = 16
const nonceBytes = 12
const tagBytes = 16
const mostDigests = 2_000

/** Names of scopes, models, owners and tags come again and again; those of entries do not. */
const remembered = (digest: Seal['digest']): Seal['digest'] => {
  const known = new Map<string, Uint8Array>()
  return (kind, text) => {
    if (kind === 'name') return digest(kind, text)
    const id = `${kind} ${text}`
    const found = known.get(id)
    if (found) return found
    const made = digest(kind, text)
    if (known.size >= mostDigests) known.clear()
    known.set(id, made)
    return made
  }
}

/** Nothing is hidden, but what was damaged does not open. */
export const plainSeal = (): Seal => {
  const sum = (bytes: Uint8Array, place: string): Uint8Array =>
    hash('sha256', Buffer.concat([hash('sha256', place, 'buffer'), bytes]), 'buffer').subarray(0, tagBytes)
  return {
    id: '',
    digest: remembered((kind, text) => hash('sha256', `${kind} ${text}`, 'buffer').subarray(0, digestBytes)),
    close: (bytes, place) => Buffer.concat([sum(bytes, place), bytes]),
    open: (sealed, place) => {
      const bytes = sealed.subarray(tagBytes)
      return Buffer.compare(sum(bytes, place), sealed.subarray(0, tagBytes)) === 0 ? bytes : undefined
    },
  }
}

/** AES-256-GCM with a random nonce, the place as what is authenticated beside it. */
export const encryptingSeal = ({ id, key }: { readonly id: string; readonly key: Uint8Array }): Seal => {
  const keyFor = (use: string): Uint8Array => createHmac('sha256', key).update(`tollgate answers ${use}`).digest()
  const [sealing, naming] = [keyFor('sealing'), keyFor('naming')]
  return {
    id,
    digest: remembered((kind, text) =>
      createHmac('sha256', naming).update(`${kind} ${text}`).digest().subarray(0, digestBytes),
    ),
    close: (bytes, place) => {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', sealing, nonce, { authTagLength: tagBytes })
      cipher.setAAD(Buffer.from(place))
      const hidden = Buffer.concat([cipher.update(bytes), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), hidden])
    },
    open: (sealed, place) => {
      if (sealed.length < nonceBytes + tagBytes) return undefined
      const nonce = sealed.subarray(0, nonceBytes)
      const decipher = createDecipheriv('aes-256-gcm', sealing, nonce, { authTagLength: tagBytes })
      decipher.setAAD(Buffer.from(place))
      decipher.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes))
      try {
        return Buffer.concat([decipher.update(sealed.subarray(nonceBytes + tagBytes)), decipher.final()])
      } catch {
        return undefined
      }
    },
  }
}

/** What something belongs to, told apart from everything else. */
export const placeOf = (kind: string, ...names: readonly string[]): string => JSON.stringify([kind, ...names])

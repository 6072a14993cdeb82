import { createHmac, hash } from 'node:crypto'

const block = 64
const digest = 32
/** Longer texts pay nothing for the usual way, since hashing them is most of the work. */
const most = 16_384

/** Room for one text behind what a secret puts before it. */
interface Desk {
  readonly inner: Buffer
  readonly outer: Buffer
}

const desks = new WeakMap<Uint8Array, Desk>()

const padded = (key: Uint8Array, pad: number, length: number): Buffer => {
  const bytes = Buffer.alloc(length, 0)
  for (let at = 0; at < block; at++) bytes[at] = (key[at] ?? 0) ^ pad
  return bytes
}

const deskOf = (secret: Uint8Array): Desk => {
  const known = desks.get(secret)
  if (known) return known
  const key = secret.length > block ? hash('sha256', secret, 'buffer') : secret
  const desk = { inner: padded(key, 0x36, block + most), outer: padded(key, 0x5c, block + digest) }
  desks.set(secret, desk)
  return desk
}

/**
 * HMAC-SHA256 of a text in base64url, of 43 characters. Node's own object for it takes twice as long as two plain hashes
 * for texts as short as most questions.
 */
export const keyedHash = (secret: Uint8Array, text: string): string => {
  if (text.length * 3 > most) return createHmac('sha256', secret).update(text).digest('base64url')
  const { inner, outer } = deskOf(secret)
  const length = inner.write(text, block)
  outer.write(hash('sha256', inner.subarray(0, block + length), 'latin1'), block, 'latin1')
  return hash('sha256', outer, 'base64url')
}

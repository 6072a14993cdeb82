import { createHmac, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

const prefix = 'sk-tg-'
const idLength = 10
/** 32 bytes have at most so many digits. */
const secretLength = 43
const checksumLength = 6
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const form = new RegExp(`^${prefix}([${digits}]{${idLength}})[${digits}]{${secretLength + checksumLength}}$`)

/** A virtual key as its owner holds it; it is shown once and kept by nobody else. */
export interface KeySecret {
  /** The whole key: `sk-tg-`, the id, 32 random bytes and a checksum. */
  readonly secret: string
  /** The part that is no secret: 10 letters and digits. */
  readonly id: string
}

const base62 = (bytes: Uint8Array, length: number): string => {
  let rest = BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
  let text = ''
  for (let place = 0; place < length; place++) {
    text = digits[Number(rest % 62n)] + text
    rest /= 62n
  }
  return text
}

const checksumOf = (text: string): string => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32(text))
  return base62(bytes, checksumLength)
}

/** A new key with 256 random bits. */
export const createKeySecret = (): KeySecret => {
  const id = base62(randomBytes(16), idLength)
  const body = prefix + id + base62(randomBytes(32), secretLength)
  return { secret: body + checksumOf(body), id }
}

/** The id of a text that has the form of a key and the right checksum; undefined for anything else. */
export const parseKeySecret = (text: string): { readonly id: string } | undefined => {
  const id = form.exec(text)?.[1]
  if (id === undefined || checksumOf(text.slice(0, -checksumLength)) !== text.slice(-checksumLength)) return undefined
  return { id }
}

/** What is kept instead of a key: HMAC-SHA256 under the store's own secret, 64 hexadecimal digits. */
export const digestOf = (key: string, storeSecret: Uint8Array): string =>
  createHmac('sha256', storeSecret).update(key).digest('hex')

/** A key as it may be shown: its beginning and its last four characters. */
export const shownKey = (key: string): string =>
  parseKeySecret(key) === undefined ? '…' : `${key.slice(0, prefix.length + idLength)}…${key.slice(-4)}`

import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'

const nonceBytes = 12
const tagBytes = 16
const options = { authTagLength: tagBytes }

const keyOf = (secret: Uint8Array, place: string): Uint8Array =>
  createHmac('sha256', secret).update(`sealed ${place}`).digest()

/** Bytes that only who has the secret can read, and only as what belongs to this place. */
export const sealed = (bytes: Uint8Array, place: string, secret: Uint8Array): Uint8Array => {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret, place), nonce, options)
  const hidden = [cipher.update(bytes), cipher.final()]
  return Buffer.concat([nonce, cipher.getAuthTag(), ...hidden])
}

/** What was sealed; undefined: it was changed, or belongs elsewhere. */
export const unsealed = (bytes: Uint8Array, place: string, secret: Uint8Array): Uint8Array | undefined => {
  const body = nonceBytes + tagBytes
  if (bytes.byteLength < body) return undefined
  const decipher = createDecipheriv('aes-256-gcm', keyOf(secret, place), bytes.subarray(0, nonceBytes), options)
  decipher.setAuthTag(bytes.subarray(nonceBytes, body))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(body)), decipher.final()])
  } catch {
    return undefined
  }
}

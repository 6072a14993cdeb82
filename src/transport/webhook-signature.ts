import { createHmac } from 'node:crypto'

/** What is signed: the exact bytes that are sent, with their id and the second of this attempt. */
export interface Signed {
  /** Without a dot. */
  readonly id: string
  /** Unix seconds. */
  readonly timestamp: number
  readonly body: string
}

const prefix = 'whsec_'
const shortestText = 16
const fewestBytes = 24
const mostBytes = 64

/**
 * What is wrong with a secret, or undefined. It is `whsec_` and base64 of 24 to 64 bytes, or any other text of at least
 * 16 characters, whose UTF-8 bytes are the key. The secret is not repeated.
 */
export const secretProblem = (secret: string): string | undefined => {
  if (!secret.startsWith(prefix))
    return secret.length < shortestText ? `must have at least ${shortestText} characters` : undefined
  const key = Buffer.from(secret.slice(prefix.length), 'base64')
  const isBase64 = key.toString('base64').replace(/=+$/, '') === secret.slice(prefix.length).replace(/=+$/, '')
  return isBase64 && key.length >= fewestBytes && key.length <= mostBytes
    ? undefined
    : `must be base64 of ${fewestBytes} to ${mostBytes} bytes after ${prefix}`
}

/** A secret as receivers take it, of these bytes. */
export const secretOf = (key: Uint8Array): string => `${prefix}${Buffer.from(key).toString('base64')}`

const keyOf = (secret: string): Uint8Array =>
  secret.startsWith(prefix) ? Buffer.from(secret.slice(prefix.length), 'base64') : Buffer.from(secret)

/**
 * The `webhook-signature` of a message after Standard Webhooks, one signature for each secret in force. Throws an Error
 * when there is none, or one that would protect nothing.
 */
export const signaturesOf = ({ id, timestamp, body }: Signed, secrets: readonly string[]): string => {
  if (secrets.length === 0) throw new Error('there is no secret to sign with')
  if (id.includes('.')) throw new Error('the id of a message must not hold a dot')
  return secrets
    .map((secret) => {
      const problem = secretProblem(secret)
      if (problem !== undefined) throw new Error(`its secret ${problem}`)
      return `v1,${createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64')}`
    })
    .join(' ')
}

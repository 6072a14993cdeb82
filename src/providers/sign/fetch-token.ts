import { request } from 'undici'
import { GatewayError } from '../../core/errors.ts'
import { isObject } from '../../core/json.ts'
import type { Token } from './token.ts'

/** Where a token is asked for, and with what. */
export interface TokenQuestion {
  /** Who gives it, for messages. */
  readonly issuer: string
  readonly url: string
  /** Sent as a form. */
  readonly fields: Readonly<Record<string, string>>
}

const timeoutMs = 10_000
const mostBytes = 256 * 1024
const defaultLifeSeconds = 3_600

/** Asks for an OAuth access token. Throws GatewayError; nothing of what was sent or answered stands in it. */
export const fetchToken = async ({ issuer, url, fields }: TokenQuestion): Promise<Token> => {
  const asked = Date.now()
  const { status, text } = await post(url, new URLSearchParams(fields).toString()).catch((cause: unknown) => {
    throw new GatewayError('upstream_unreachable', `${issuer}, which gives tokens, could not be reached.`, {
      outcome: 'not_sent',
      cause,
    })
  })
  if (status === 429 || status >= 500) {
    throw new GatewayError('upstream_failed', `${issuer} gave no token: it answered ${status}.`, {
      outcome: 'not_sent',
    })
  }
  const token = status === 200 ? readToken(text, asked) : undefined
  if (token) return token
  throw new GatewayError(
    'upstream_auth',
    `${issuer} gave no token for the gateway's credential; whoever runs the gateway must look after it.`,
    { outcome: 'auth' },
  )
}

const post = async (url: string, body: string): Promise<{ status: number; text: string }> => {
  const answer = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body,
    signal: AbortSignal.timeout(timeoutMs),
  })
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength
    if (bytes > mostBytes) throw new RangeError('The answer is too long for a token.')
    chunks.push(chunk)
  }
  return { status: answer.statusCode, text: Buffer.concat(chunks).toString() }
}

const readToken = (text: string, asked: number): Token | undefined => {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isObject(answer) || typeof answer.access_token !== 'string' || !/^[\x21-\x7e]+$/.test(answer.access_token))
    return undefined
  const life = Number(answer.expires_in ?? defaultLifeSeconds)
  if (!(life > 0)) return undefined
  return { value: answer.access_token, expiresAt: asked + life * 1_000 }
}

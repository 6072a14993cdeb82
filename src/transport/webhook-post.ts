import { Client, type Dispatcher } from 'undici'
import { createGuardedConnector, NotAllowed, type Resolve } from './guarded-connector.ts'
import { type Guard, guardedUrlProblem } from './guarded-url.ts'
import { readHints } from './hints.ts'
import { signaturesOf } from './webhook-signature.ts'

/** Somebody who is told of something by HTTP POST. */
export interface Receiver {
  readonly url: string
  /** All that are in force sign; empty: what is sent is not signed. */
  readonly secrets: readonly string[]
  readonly guard: Guard
}

export interface Envelope {
  readonly id: string
  /** JSON, sent as it is. */
  readonly body: string
}

/** What came of sending once. Neither the address nor a secret is in it. */
export interface Posted {
  /** Undefined: there was no answer. */
  readonly status: number | undefined
  /** Undefined: it was taken. */
  readonly problem: string | undefined
  /** The beginning of what the receiver said: whatever it likes, so it is data, never markup. */
  readonly said: string | undefined
  readonly retryAfterMs: number | undefined
}

export interface PostLimits {
  /** For the whole attempt, in milliseconds. Default 15 000. */
  readonly timeoutMs?: number | undefined
  /** DNS, TCP and TLS. Default 5 000. */
  readonly connectTimeoutMs?: number | undefined
  /** How long is waited for what an answer says after its head. Default 1 000. */
  readonly saidMs?: number | undefined
  readonly resolve?: Resolve | undefined
  /** Unix milliseconds; default `Date.now`. */
  readonly now?: (() => number) | undefined
  /** Ends the attempt. */
  readonly signal?: AbortSignal | undefined
}

const mostSaid = 4_096

/** Sends a message once, signed, to where its guard lets it go, and never follows to another place. Never rejects. */
export const postWebhook = async (to: Receiver, envelope: Envelope, limits: PostLimits = {}): Promise<Posted> => {
  const { timeoutMs = 15_000, now = Date.now, signal } = limits
  const problem = guardedUrlProblem(to.url, to.guard)
  if (problem !== undefined) return failed(`its address ${problem}`)
  const late = AbortSignal.timeout(timeoutMs)
  const ended = signal ? AbortSignal.any([late, signal]) : late
  try {
    return await exchange(to, { head: headOf(to, envelope, now()), body: envelope.body, ended }, limits)
  } catch (thrown) {
    if (late.aborted) return failed('it did not answer in time')
    return failed(signal?.aborted ? 'the gateway stopped' : wordsOf(thrown))
  }
}

interface Sending {
  readonly head: Readonly<Record<string, string>>
  readonly body: string
  readonly ended: AbortSignal
}

const headOf = ({ secrets }: Receiver, { id, body }: Envelope, nowMs: number): Readonly<Record<string, string>> => {
  const timestamp = Math.floor(nowMs / 1_000)
  const head = {
    'content-type': 'application/json',
    'user-agent': 'tollgate',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
  }
  return secrets.length === 0 ? head : { ...head, 'webhook-signature': signaturesOf({ id, timestamp, body }, secrets) }
}

const exchange = async (to: Receiver, { head, body, ended }: Sending, limits: PostLimits): Promise<Posted> => {
  const { connectTimeoutMs = 5_000, saidMs = 1_000, resolve, now = Date.now } = limits
  const { origin, pathname, search } = new URL(to.url)
  // A connection of its own, which takes whatever a receiver still sends with it when it is closed.
  const client = new Client(origin, {
    connect: createGuardedConnector({ addresses: to.guard.addresses, timeoutMs: connectTimeoutMs, resolve }),
    pipelining: 0,
    maxHeaderSize: 16 * 1_024,
  })
  try {
    const answer = await client.request({
      method: 'POST',
      path: pathname + search,
      headers: head,
      body,
      signal: ended,
    })
    const { statusCode: status, headers } = answer
    return {
      status,
      problem: status >= 200 && status < 300 ? undefined : `it answered ${status}`,
      said: await beginningOf(answer.body, saidMs),
      retryAfterMs: readHints(headers, now()).retryAfterMs,
    }
  } finally {
    void client.destroy()
  }
}

/** What has come of a body until it is long enough, ends, breaks or takes too long. */
const beginningOf = async (body: Dispatcher.ResponseData['body'], patienceMs: number): Promise<string | undefined> => {
  const chunks: Buffer[] = []
  let size = 0
  body.on('error', () => {})
  const timer = setTimeout(() => body.destroy(), patienceMs)
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      size += chunk.length
      if (size >= mostSaid) break
    }
  } catch {
    // The status has come, and it counts; the rest of the answer is only for people.
  } finally {
    clearTimeout(timer)
    body.destroy()
  }
  const said = Buffer.concat(chunks).subarray(0, mostSaid).toString('utf8')
  return said === '' ? undefined : said
}

const failed = (problem: string): Posted => ({ status: undefined, problem, said: undefined, retryAfterMs: undefined })

const wordsOf = (thrown: unknown): string => {
  if (thrown instanceof NotAllowed) return thrown.message
  if (!(thrown instanceof Error)) return 'it was not reached (unknown cause)'
  return 'code' in thrown ? `it was not reached (${String(thrown.code)})` : thrown.message
}

import { Answer } from '../core/answer.ts'
import type { Attempt } from '../core/call.ts'
import type { Reader } from '../core/chunk.ts'
import { systemClock } from '../core/clock.ts'
import { asGatewayError, GatewayError, incapable } from '../core/errors.ts'
import type { Handler } from '../core/handler.ts'
import type { JsonValue } from '../core/json.ts'
import { paysItself } from '../core/provider-key.ts'
import { createMask, redactedLimit } from '../core/redact.ts'
import type { Request } from '../core/request.ts'
import { traceHeaders } from '../core/trace.ts'
import { atEndOfTurn } from '../core/turn.ts'
import type { Provider } from '../providers/provider.ts'
import type { Wire } from '../wire/wire.ts'
import { discreet } from './discreet.ts'
import { type Beginning, Exchange, type ExchangeLimits } from './exchange.ts'
import { shownHeaders } from './headers.ts'
import { readHints } from './hints.ts'
import { createKeyRests, type KeyRests } from './key-rests.ts'
import { KeyRing } from './key-ring.ts'
import type { Pools } from './pool.ts'
import type { RawBeginning } from './raw-exchange.ts'
import { bodyHeaders } from './raw-headers.ts'
import { postRaw } from './raw-post.ts'

const mebibyte = 1024 * 1024

const limits: ExchangeLimits = {
  bufferBytes: mebibyte,
  maxEventBytes: 8 * mebibyte,
  maxWholeBytes: 64 * mebibyte,
  maxErrorBytes: 64 * 1024,
}

/** Where a request goes, cut once per address and kept. */
interface Address {
  readonly origin: string
  readonly path: string
}

const addresses = new Map<string, Address>()
const mostAddresses = 10_000

const addressOf = (url: string): Address => {
  const known = addresses.get(url)
  if (known) return known
  const parsed = new URL(url)
  const address = { origin: parsed.origin, path: parsed.pathname + parsed.search }
  if (addresses.size < mostAddresses) addresses.set(url, address)
  return address
}

/** The only one that talks to upstreams: encodes the request, sends it, cuts the answer into whole events. */
export const createSend = (
  given: ReadonlyMap<string, Provider>,
  pools: Pools,
  rests: KeyRests = createKeyRests({ clock: systemClock }),
): Handler<Attempt> => {
  const speakers = new Map([...given].map(([name, each]) => [name, speakerOf(each)]))
  const rings = new Map(
    [...given].flatMap(([name, { keys }]) => (keys ? [[name, new KeyRing(name, keys, rests)] as const] : [])),
  )
  return async (attempt) => {
    attempt.line.sent = false
    const provider = speakers.get(attempt.target.provider)?.(attempt.request)
    if (!provider) throw new GatewayError('internal', `No provider is named ${attempt.target.provider}.`)
    const ring = rings.size === 0 || ownKey(attempt, provider) ? undefined : rings.get(provider.name)
    const ask = attempt.request.raw ? passingOn(attempt, provider, pools) : asking(attempt, provider, pools)
    if (ring) return ring.ask(attempt, ask)
    const identity = identityFor(attempt, provider)
    return ask(identity instanceof Promise ? await identity : identity)
  }
}

type Ask = (own: Outgoing['headers']) => Promise<Answer>

/** Asks in the provider's language, under whichever identity. */
const asking = (attempt: Attempt, provider: Provider, pools: Pools): Ask => {
  const { operation, stream } = attempt.request
  const url = provider.url(attempt.target.model, operation, stream, provider.wire.name)
  if (url === undefined) throw incapable(operation, attempt.target.id)
  const body = provider.wire.writeRequest(attempt.request, attempt.target)
  return (own) => post(attempt, provider, pools, { url, body, own })
}

/** Passes on what is not read, under whichever identity. */
const passingOn = (attempt: Attempt, provider: Provider, pools: Pools): Ask => {
  const { raw } = attempt.request
  const mask = createMask(provider.secrets)
  let spent: GatewayError | undefined
  return async (own) => {
    // A body that was streamed is gone: another key cannot send it again.
    if (spent) throw spent
    if (!raw) throw new GatewayError('internal', 'There is nothing to pass on.')
    const refused = (beginning: RawBeginning & { ok: false }): GatewayError => {
      const error = blamed(refusal(beginning, provider, attempt), attempt)
      const { outcome } = error.details
      if (attempt.request.operation !== 'passthrough' || beginning.status < 400) return error
      if (outcome === 'auth' || outcome === 'quota' || error.code === 'unauthenticated') return error
      // A longer one would be cut where it is masked.
      if (beginning.body.length > redactedLimit) return error
      const body = mask(beginning.body)
      // What was masked, or cut, is no longer as long as it was.
      const { 'content-length': _length, ...headers } = bodyHeaders(beginning.headers)
      return error.with({ answer: { status: beginning.status, headers, body } })
    }
    try {
      return await postRaw(attempt, { raw, provider, own, refusal: refused }, pools)
    } catch (thrown) {
      const error = asGatewayError(thrown)
      if (raw.body !== undefined && !Buffer.isBuffer(raw.body)) spent = error
      throw error
    }
  }
}

interface Question {
  readonly url: string
  readonly body: string
  /** The headers that prove who asks. */
  readonly own: Outgoing['headers']
}

/** One request under one identity, and the answer to it. */
const post = async (
  attempt: Attempt,
  provider: Provider,
  pools: Pools,
  { url, body, own }: Question,
): Promise<Answer> => {
  const headers = spoken(attempt, provider, own)
  const signature = provider.sign ? await provider.sign({ url, headers, body }) : undefined
  const beginning = await exchange(attempt, provider, pools, {
    ...addressOf(url),
    headers: signature ? { ...headers, ...signature } : headers,
    body,
  })
  if (!beginning.ok) throw blamed(refusal(beginning, provider, attempt), attempt)
  attempt.line.status = 200
  return new Answer(
    {
      wire: provider.wire.name,
      form: beginning.form,
      target: attempt.target,
      headers: shownHeaders(beginning.headers),
    },
    beginning.inbox,
  )
}

/** A provider in the language in which it is asked something, whose errors never repeat its secrets. */
const speakerOf = (provider: Provider): ((request: Request) => Provider) => {
  const known = new Map<Wire, Provider>()
  const speaking = (wire: Wire): Provider => {
    const made = known.get(wire) ?? { ...provider, wire: discreet(wire, provider.secrets) }
    known.set(wire, made)
    return made
  }
  return (request) => speaking(provider.wireFor?.(request) ?? provider.wire)
}

/** The provider's headers, and the caller's that belong to the language when both speak it: lists of both are joined. */
const spoken = (attempt: Attempt, provider: Provider, own: Outgoing['headers']): Outgoing['headers'] => {
  const { headers, wire } = attempt.request
  const traced = attempt.passedTrace ? { ...own, ...traceHeaders(attempt.passedTrace) } : own
  if (headers === undefined || wire !== provider.wire.name) return traced
  const joined: Record<string, string> = { ...traced }
  for (const name in headers)
    joined[name] = own[name] === undefined ? (headers[name] as string) : `${own[name]},${headers[name]}`
  return joined
}

/** The key of the caller's own account there; undefined: it brought none. */
const ownKey = ({ providerKey }: Attempt, { name }: Provider): string | undefined =>
  providerKey !== undefined && providerKey.provider === name ? providerKey.key : undefined

/** The provider's own proof, or the caller's: never both, and the caller's never anywhere else. */
const identityFor = (attempt: Attempt, provider: Provider): ReturnType<Provider['headers']> => {
  const key = ownKey(attempt, provider)
  if (key === undefined) return provider.headers()
  if (provider.headersWith) return provider.headersWith(key)
  throw incapable('a key of the caller', attempt.target.id)
}

/** A caller whose own key was refused is told so, and nobody else is asked. */
const blamed = (error: GatewayError, attempt: Attempt): GatewayError =>
  error.details.outcome === 'auth' && paysItself(attempt)
    ? new GatewayError('unauthenticated', `${attempt.target.provider} refused the key that came with the call.`, {
        outcome: 'caller',
      })
    : error

interface Outgoing extends Address {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const exchange = (attempt: Attempt, provider: Provider, pools: Pools, outgoing: Outgoing): Promise<Beginning> =>
  new Promise((resolve, reject) =>
    atEndOfTurn(() => {
      try {
        start(attempt, provider, pools, outgoing, resolve, reject)
      } catch (thrown) {
        reject(thrown)
      }
    }),
  )

const start = (
  { request, signal, target, timeouts, line }: Attempt,
  { wire }: Provider,
  pools: Pools,
  outgoing: Outgoing,
  resolve: (beginning: Beginning) => void,
  reject: (error: GatewayError) => void,
): void => {
  if (signal.aborted) {
    reject(asGatewayError(signal.reason))
    return
  }
  const lane = pools.lane(outgoing.origin)
  if (lane.underWay >= lane.most) {
    reject(new GatewayError('overloaded', `Too many calls wait for ${target.id}.`, { outcome: 'not_sent' }))
    return
  }
  const { relay } = new Exchange({
    lane,
    wire,
    target: target.id,
    limits,
    timeouts,
    wholeReader: () => (request.operation === 'count_tokens' ? countReader(wire) : wire.reader('whole')),
    signal,
    line,
    beginWithinMs: request.stream ? timeouts.firstTokenMs : undefined,
    resolve,
    reject,
  })
  const accept = request.stream ? wire.framing.contentType : 'application/json'
  lane.pool.dispatch(
    {
      path: outgoing.path,
      method: 'POST',
      headers: { ...outgoing.headers, 'content-type': 'application/json', accept, 'accept-encoding': 'identity' },
      body: outgoing.body,
    },
    relay,
  )
}

/** The answer to `count_tokens` is no conversation: it only has to be the number that was asked for. */
const countReader =
  ({ counting }: Wire): Reader =>
  (bytes) => {
    let counted: JsonValue
    try {
      counted = JSON.parse(Buffer.from(bytes).toString())
    } catch (cause) {
      throw new GatewayError('upstream_garbled', 'The upstream did not answer in JSON.', {
        outcome: 'malformed',
        cause,
      })
    }
    const tokens = counting?.read(counted)
    if (tokens !== undefined) return [{ kind: 'count', tokens }]
    throw new GatewayError('upstream_garbled', 'The upstream did not answer with a count.', { outcome: 'malformed' })
  }

/** What an upstream's error answer means, with what its headers add. */
const refusal = (beginning: Beginning & { ok: false }, provider: Provider, attempt: Attempt): GatewayError => {
  attempt.line.status = beginning.status
  if (beginning.status < 400) {
    return new GatewayError(
      'upstream_failed',
      `${attempt.target.id} answered with a redirect, which is not followed.`,
      {
        outcome: 'server',
      },
    )
  }
  const error = provider.wire.readError(beginning.status, beginning.body, beginning.headers)
  const told = readHints(beginning.headers, Date.now())
  // Some say how long to wait in the body.
  const hints = {
    ...told,
    retryAfterMs: told.retryAfterMs ?? error.details.retryAfterMs,
    told: beginning.status === 429 ? shownHeaders(beginning.headers) : undefined,
  }
  // What looks like a mistake may be tried again when the upstream says so itself; an overload that names a time is a limit.
  if (error.details.outcome === 'caller' && hints.shouldRetry) {
    return new GatewayError('upstream_failed', error.message, { ...error.details, ...hints, outcome: 'lock' })
  }
  if (beginning.status === 503 && hints.retryAfterMs !== undefined)
    return error.with({ ...hints, outcome: 'throttled' })
  return error.with(hints)
}

import type { Readable } from 'node:stream'
import { Answer } from '../core/answer.ts'
import type { Attempt } from '../core/call.ts'
import { asGatewayError, GatewayError, incapable } from '../core/errors.ts'
import type { Raw } from '../core/raw.ts'
import { traceHeaders } from '../core/trace.ts'
import type { Provider } from '../providers/provider.ts'
import type { Lane, Pools } from './pool.ts'
import { type RawBeginning, RawExchange } from './raw-exchange.ts'
import { bodyHeaders } from './raw-headers.ts'

type Headers = Readonly<Record<string, string>>

const bufferBytes = 1024 * 1024
const maxErrorBytes = 64 * 1024

/** What an attempt asks for that is passed on unread. */
export interface RawQuestion {
  readonly raw: Raw
  readonly provider: Provider
  /** The headers that prove who asks. */
  readonly own: Headers
  /** The error that an answer amounts to. */
  refusal(beginning: RawBeginning & { readonly ok: false }): GatewayError
}

/**
 * Where a path of a caller lies at a provider: always under its address. A path that begins as the address ends does not
 * say it twice. Throws `invalid_request` for one that would lead anywhere else, `incapable` where nothing is passed on.
 */
export const passedUrl = ({ baseUrl, sign }: Provider, path: string, target: string): URL => {
  if (baseUrl === undefined || sign) throw incapable('a request that is passed on unread', target)
  const base = new URL(baseUrl)
  const root = base.pathname.replace(/\/+$/, '')
  const whole = path.startsWith(`${root}/`) ? path : root + path
  const url = new URL(base.origin + whole)
  const isAsWritten = url.origin === base.origin && url.pathname + url.search === whole
  if (!isAsWritten || !url.pathname.startsWith(`${root}/`) || url.username !== '' || url.hash !== '')
    throw new GatewayError('invalid_request', 'The path cannot be passed on as it is.')
  return url
}

const urlOf = (attempt: Attempt, { raw, provider }: RawQuestion): URL => {
  const { operation } = attempt.request
  if (operation === 'passthrough') return passedUrl(provider, raw.path, attempt.target.id)
  const url = provider.url(attempt.target.model, operation, attempt.request.stream)
  if (url === undefined) throw incapable(operation, attempt.target.id)
  return new URL(url)
}

/** Sends what passes unread, and gives the answer as it comes. */
export const postRaw = async (attempt: Attempt, question: RawQuestion, pools: Pools): Promise<Answer> => {
  const { raw, own } = question
  const url = urlOf(attempt, question)
  const { model } = attempt.target
  const body = raw.bodyFor ? raw.bodyFor(question.provider.nameOf?.(model) ?? model) : raw.body
  const traced = attempt.passedTrace && traceHeaders(attempt.passedTrace)
  const headers: Record<string, string> = { ...raw.headers, ...traced, ...own, 'accept-encoding': 'identity' }
  if (Buffer.isBuffer(body)) headers['content-length'] = String(body.length)
  const lane = pools.lane(url.origin)
  const beginning = await begin(attempt, lane, { method: raw.method, path: url.pathname + url.search, headers, body })
  if (!beginning.ok) throw question.refusal(beginning)
  attempt.line.status = beginning.status
  const { target } = attempt
  const shown = bodyHeaders(beginning.headers)
  return new Answer({ wire: 'raw', form: 'raw', status: beginning.status, target, headers: shown }, beginning.inbox)
}

interface Outgoing {
  readonly method: string
  readonly path: string
  readonly headers: Headers
  readonly body: Buffer | Readable | undefined
}

const begin = (attempt: Attempt, lane: Lane, outgoing: Outgoing): Promise<RawBeginning> =>
  new Promise((resolve, reject) => {
    const { signal, target, timeouts, line } = attempt
    if (signal.aborted) {
      reject(asGatewayError(signal.reason))
      return
    }
    const options = { lane, target: target.id, bufferBytes, maxErrorBytes, timeouts, signal, line, resolve, reject }
    lane.pool.dispatch(
      { ...outgoing, method: outgoing.method as 'POST', body: outgoing.body ?? null },
      new RawExchange(options),
    )
  })

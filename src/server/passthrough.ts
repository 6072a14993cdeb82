import type { IncomingHttpHeaders } from 'node:http'
import type { Caller } from '../core/call.ts'
import { GatewayError, invalid } from '../core/errors.ts'

/** Where everything begins that is passed on to a provider by its name. */
export const passthroughPrefix = '/passthrough/'

/** What is asked for of which provider. */
export interface Passed {
  readonly provider: string
  /** From the provider's address on, with its query. */
  readonly path: string
}

const form = /^\/passthrough\/([A-Za-z0-9][\w.-]{0,63})(\/[^?#]*)(\?[^#]*)?$/
/** Letters that stand for themselves in a path, and escapes of others than slashes, dots, percent signs and controls. */
const safePath = /^(?:[\w\-.~!$&'()*+,;=:@/]|%(?!2[EFef5]|5[Cc]|[01][0-9A-Fa-f]|7[Ff])[0-9A-Fa-f]{2})+$/
const safeQuery = /^(?:[\w\-.~!$&'()*+,;=:@/?]|%(?![01][0-9A-Fa-f]|7[Ff])[0-9A-Fa-f]{2})*$/
const longestTarget = 4_096
/** Names under which keys and addresses come in a query. */
const refusedNames = /^(key|api[_-]?key|x-api-key|access[_-]?token|token|auth|authorization|signature|sig)$/i

/** Reads a target as it was sent. Throws `invalid_request` for whatever a server could read as another place. */
export const passedTo = (target: string): Passed => {
  const [, provider, path, query = ''] = form.exec(target) ?? []
  if (provider === undefined || path === undefined)
    throw new GatewayError('not_found', 'A path to pass on looks like /passthrough/{provider}/…')
  if (target.length > longestTarget) throw invalid('', `The path is longer than ${longestTarget} characters.`)
  const segments = path.split('/').slice(1)
  const isPlain =
    safePath.test(path) && segments.every((segment, index) => isSegment(segment, index === segments.length - 1))
  if (!isPlain)
    throw invalid(
      '',
      'The path holds what is not passed on: dots as segments, empty segments, or escapes of slashes, dots and controls.',
    )
  checkQuery(query.slice(1))
  return { provider, path: path + query }
}

const isSegment = (segment: string, isLast: boolean): boolean =>
  segment !== '.' && segment !== '..' && (segment !== '' || isLast)

const checkQuery = (query: string): void => {
  if (!safeQuery.test(query)) throw invalid('', 'The query holds characters that must be escaped.')
  for (const [name] of new URLSearchParams(query))
    if (refusedNames.test(name.trim())) throw invalid('', `Keys are not taken from the query (${name.slice(0, 40)}).`)
}

/**
 * A caller that may pass anything on to a provider. What passes unread can ask for every model there, so that a key with
 * a list of models needs `provider/*` in it. Throws `unknown_model`, as for a model that the key may not use.
 */
export const throughTo = (caller: Caller, provider: string): Caller => {
  if (caller.models === undefined) return caller
  if (caller.models.includes(`${provider}/*`)) return { ...caller, models: undefined }
  throw new GatewayError(
    'unknown_model',
    `The provider ${JSON.stringify(provider)} does not exist or is not open to this key.`,
  )
}

/** What belongs to one connection, to the gateway, to browsers and proxies, or chooses whose account is charged. */
const stripped: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'forwarded',
  'host',
  'keep-alive',
  'openai-organization',
  'openai-project',
  'origin',
  'proxy-connection',
  'referer',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
  'x-goog-user-project',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-original-url',
  'x-real-ip',
  'x-request-id',
  'x-rewrite-url',
])
const strippedKinds =
  /^(x-tollgate-|x-forwarded-|x-amz-|x-stainless-|proxy-|sec-|cf-)|auth|key|token|secret|cookie|password/
const printable = /^[\x20-\x7e]{0,4096}$/

const isPassed = (name: string): boolean =>
  name === 'idempotency-key' || (!stripped.has(name) && !strippedKinds.test(name))

/** The caller's headers that go on. Throws `invalid_request` for a value that could begin another header. */
export const passedHeaders = (headers: IncomingHttpHeaders): Record<string, string> => {
  const ofConnection = new Set(
    String(headers.connection ?? '')
      .toLowerCase()
      .split(/[ ,]+/),
  )
  const passed: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined || ofConnection.has(name) || !isPassed(name)) continue
    const text = Array.isArray(value) ? value.join(', ') : value
    if (!printable.test(text)) throw invalid(name, 'must have printable characters only')
    passed[name] = text
  }
  return passed
}

const inPath = /\/(?:models?|deployments|engines)\/([^/:?]{1,200})(?=[/:?]|$)/

/** The model that a path names, as the languages have it that name it there. */
export const modelIn = (path: string): string | undefined => {
  const name = inPath.exec(path)?.[1]
  try {
    return name === undefined ? undefined : decodeURIComponent(name)
  } catch {
    return undefined
  }
}

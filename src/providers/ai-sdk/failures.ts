import { GatewayError, incapable } from '../../core/errors.ts'
import { createMask } from '../../core/redact.ts'
import { openaiChat } from '../../wire/openai-chat/index.ts'

/** What errors of the AI SDK have, whichever package threw them: classes are not shared between versions. */
interface Thrown {
  readonly name?: unknown
  readonly message?: unknown
  readonly statusCode?: unknown
  readonly responseBody?: unknown
  readonly responseHeaders?: unknown
  readonly functionality?: unknown
}

const mask = createMask([])

const retryAfterMs = (headers: unknown): number | undefined => {
  const { 'retry-after-ms': ms, 'retry-after': seconds } = (headers ?? {}) as Record<string, unknown>
  const wait = ms === undefined ? Number(seconds ?? Number.NaN) * 1_000 : Number(ms)
  return Number.isFinite(wait) && wait >= 0 ? wait : undefined
}

/** An answer with a status, read as any upstream's: the words of most are like OpenAI's. */
const ofStatus = (status: number, thrown: Thrown): GatewayError => {
  const body = typeof thrown.responseBody === 'string' ? thrown.responseBody : ''
  const error = openaiChat.readError(
    status,
    body === '' ? JSON.stringify({ error: { message: String(thrown.message ?? '') } }) : body,
  )
  return new GatewayError(error.code, mask(error.message), {
    ...error.details,
    upstream: error.details.upstream && { ...error.details.upstream, message: mask(error.details.upstream.message) },
    retryAfterMs: retryAfterMs(thrown.responseHeaders),
  })
}

const noKey = (target: string): GatewayError =>
  new GatewayError('upstream_auth', `${target} has no key; whoever runs the gateway must look after it.`, {
    outcome: 'auth',
  })

/** By the names that the AI SDK gives its errors. */
const named: Readonly<Record<string, (thrown: Thrown, target: string) => GatewayError>> = {
  AI_LoadAPIKeyError: (_, target) => noKey(target),
  AI_LoadSettingError: (_, target) => noKey(target),
  AI_NoSuchModelError: (_, target) =>
    new GatewayError('unknown_model', `${target} does not exist.`, { outcome: 'not_found' }),
  AI_UnsupportedFunctionalityError: ({ functionality }, target) => incapable(String(functionality), target),
  AI_InvalidPromptError: ({ message }) =>
    new GatewayError('invalid_request', mask(String(message)), { outcome: 'caller' }),
  AI_InvalidArgumentError: ({ message }) =>
    new GatewayError('invalid_request', mask(String(message)), { outcome: 'caller' }),
}

const garbled = new Set([
  'AI_EmptyResponseBodyError',
  'AI_InvalidResponseDataError',
  'AI_JSONParseError',
  'AI_NoContentGeneratedError',
  'AI_TypeValidationError',
])

/** Whatever a model of the AI SDK threw, with its outcome. Nothing secret stands in it. */
export const failureOf = (thrown: unknown, target: string): GatewayError => {
  if (thrown instanceof GatewayError) return thrown
  const error = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as Thrown
  if (typeof error.statusCode === 'number' && error.statusCode >= 400) return ofStatus(error.statusCode, error)
  const name = String(error.name)
  const known = named[name]
  if (known) return known(error, target)
  if (garbled.has(name) || typeof error.statusCode === 'number') {
    return new GatewayError('upstream_garbled', `${target} gave an answer that cannot be read.`, {
      outcome: 'malformed',
    })
  }
  return new GatewayError('upstream_unreachable', `${target} could not be asked, or broke off.`, {
    outcome: 'ambiguous',
    cause: thrown,
  })
}

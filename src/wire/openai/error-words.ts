import { type ErrorCode, errorTable, type GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'

const types: Partial<Record<ErrorCode, string>> = {
  unauthenticated: 'authentication_error',
  forbidden: 'permission_error',
  unknown_model: 'not_found_error',
  not_found: 'not_found_error',
  rate_limited: 'rate_limit_error',
  upstream_throttled: 'rate_limit_error',
  deadline_exceeded: 'timeout_error',
  upstream_timeout: 'timeout_error',
}

const typeOf = (code: ErrorCode): string =>
  types[code] ?? (errorTable[code].fault === 'caller' ? 'invalid_request_error' : 'server_error')

/** An error as OpenAI's object. What an upstream said of the caller's own mistake keeps the upstream's words. */
export const errorWords = (error: GatewayError): JsonObject => {
  const { facts, param } = error.details
  const upstream = error.code === 'upstream_rejected' ? error.details.upstream : undefined
  return {
    message: upstream?.message ?? error.message,
    type: upstream?.type ?? typeOf(error.code),
    code: upstream?.code ?? error.code,
    param: upstream?.param ?? param ?? null,
    tollgate: { ...facts, code: error.code },
  }
}

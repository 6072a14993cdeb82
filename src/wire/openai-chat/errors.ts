import type { Form } from '../../core/answer.ts'
import { type ErrorCode, errorTable, type GatewayError } from '../../core/errors.ts'
import { classify } from './classify.ts'
import { wordsOfBody } from './upstream-words.ts'

/** An upstream's error answer, with the class that decides what happens next. */
export const readError = (status: number, body: string): GatewayError => classify(status, wordsOfBody(body))

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

/** An error in OpenAI's form. What an upstream said of the caller's own mistake keeps the upstream's words. */
export const writeError = (error: GatewayError, form: Form): string => {
  const { facts, param } = error.details
  const upstream = error.code === 'upstream_rejected' ? error.details.upstream : undefined
  const body = JSON.stringify({
    error: {
      message: upstream?.message ?? error.message,
      type: upstream?.type ?? typeOf(error.code),
      code: upstream?.code ?? error.code,
      param: upstream?.param ?? param ?? null,
      tollgate: { ...facts, code: error.code },
    },
  })
  // A stream that broke has no [DONE]: with it, it would look whole.
  return form === 'whole' ? body : `data: ${body}\n\n`
}

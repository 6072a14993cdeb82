import { GatewayError } from '../core/errors.ts'

/** A parser's complaint; undici leaves its code out at times, never its name. */
const isUnreadable = (error: Error, code: string): boolean =>
  error.name === 'HTTPParserError' ||
  code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' ||
  code === 'UND_ERR_HEADERS_OVERFLOW'

const codeOf = (error: unknown): string => {
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  if (typeof code === 'string') return code
  return cause === undefined || cause === null ? '' : codeOf(cause)
}

/** Reads the code of a network error; says the class: did anything reach the upstream, is the answer unreadable? */
export const networkError = (error: Error, sent: boolean, target: string): GatewayError => {
  const code = codeOf(error)
  if (isUnreadable(error, code)) {
    return new GatewayError('upstream_garbled', `${target} sent an HTTP answer that cannot be read.`, {
      outcome: 'malformed',
      cause: error,
    })
  }
  const timedOut = code === 'UND_ERR_CONNECT_TIMEOUT'
  return new GatewayError(
    timedOut ? 'upstream_timeout' : 'upstream_unreachable',
    sent
      ? `${target} closed the connection before its answer was complete.`
      : `${target} cannot be reached (${code || 'network error'}).`,
    { outcome: sent ? 'ambiguous' : 'not_sent', cause: error },
  )
}

import { createId } from './core/call.ts'
import { errorTable, type GatewayError } from './core/errors.ts'
import type { Wire } from './wire/wire.ts'

/** SDKs sleep exactly what they are told, without a limit of their own: never more than a minute. */
const mostRetryAfterMs = 60_000
const defaultRetryAfterMs = 1_000

/**
 * What tells SDKs whether and when to ask again. Waits are spread by a fifth, so that callers do not return together;
 * those for a limit only upwards, since before its time the answer is the same.
 */
export const errorHeaders = (error: GatewayError, random: () => number = Math.random): Record<string, string> => {
  const { retry } = errorTable[error.code]
  // The gateway has tried what could be tried; only time, or a target that recovers, changes the answer.
  const again = retry === 'later' || (retry === 'elsewhere' && error.code !== 'upstream_auth')
  if (!again) return { 'x-should-retry': 'false' }
  const asked = error.details.retryAfterMs
  if (asked !== undefined && asked > mostRetryAfterMs) {
    return { 'x-should-retry': 'false', 'retry-after': String(mostRetryAfterMs / 1000) }
  }
  if (asked === undefined && error.status !== 429 && error.status !== 503) return { 'x-should-retry': 'true' }
  const share = error.code === 'rate_limited' ? 1 + 0.2 * random() : 0.8 + 0.4 * random()
  const spread = Math.min(mostRetryAfterMs, (asked ?? defaultRetryAfterMs) * share)
  return {
    'x-should-retry': 'true',
    'retry-after': String(Math.max(1, Math.ceil(spread / 1000))),
    'retry-after-ms': String(Math.ceil(spread)),
  }
}

/** All headers of a refusal that came before there was a call; it gets an id of its own, to be found by. */
export const refusalHeaders = (
  error: GatewayError,
  {
    idHeader,
    limitHeaders,
    errorHeaders: own,
  }: Pick<Wire, 'idHeader'> & Partial<Pick<Wire, 'limitHeaders' | 'errorHeaders'>>,
): Record<string, string> => {
  const id = createId()
  const { limits } = error.details
  return {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    vary: 'authorization',
    'x-request-id': id,
    [idHeader]: id,
    ...errorHeaders(error),
    ...own?.(error),
    ...(limits && limitHeaders ? limitHeaders(limits, Date.now()) : {}),
  }
}

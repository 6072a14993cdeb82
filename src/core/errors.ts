import type { JsonValue } from './json.ts'
import type { LimitStanding } from './limit-standing.ts'
import type { Outcome } from './outcome.ts'
import type { RawAnswer } from './raw.ts'

interface Row {
  readonly status: number
  readonly fault: 'caller' | 'gateway' | 'upstream'
  /** What a job does with it, and what `x-should-retry` tells SDKs: only `later` is worth asking the gateway again. */
  readonly retry: 'never' | 'later' | 'elsewhere'
}

/** Every way a call can fail, with its HTTP status. Documented in docs/reference/errors.md. */
export const errorTable = {
  invalid_request: { status: 400, fault: 'caller', retry: 'never' },
  unauthenticated: { status: 401, fault: 'caller', retry: 'never' },
  forbidden: { status: 403, fault: 'caller', retry: 'never' },
  unknown_model: { status: 404, fault: 'caller', retry: 'never' },
  not_found: { status: 404, fault: 'caller', retry: 'never' },
  method_not_allowed: { status: 405, fault: 'caller', retry: 'never' },
  request_timeout: { status: 408, fault: 'caller', retry: 'never' },
  too_large: { status: 413, fault: 'caller', retry: 'never' },
  unsupported_media_type: { status: 415, fault: 'caller', retry: 'never' },
  conflict: { status: 409, fault: 'caller', retry: 'never' },
  idempotency_conflict: { status: 409, fault: 'caller', retry: 'later' },
  idempotency_mismatch: { status: 422, fault: 'caller', retry: 'never' },
  budget_exhausted: { status: 402, fault: 'caller', retry: 'never' },
  price_unknown: { status: 403, fault: 'caller', retry: 'never' },
  rate_limited: { status: 429, fault: 'caller', retry: 'later' },
  overloaded: { status: 503, fault: 'gateway', retry: 'later' },
  queue_full: { status: 503, fault: 'gateway', retry: 'later' },
  queue_timeout: { status: 503, fault: 'gateway', retry: 'later' },
  deadline_exceeded: { status: 504, fault: 'caller', retry: 'never' },
  cancelled: { status: 499, fault: 'caller', retry: 'never' },
  upstream_rejected: { status: 400, fault: 'caller', retry: 'never' },
  upstream_unreachable: { status: 502, fault: 'upstream', retry: 'elsewhere' },
  upstream_failed: { status: 502, fault: 'upstream', retry: 'elsewhere' },
  upstream_garbled: { status: 502, fault: 'upstream', retry: 'elsewhere' },
  output_invalid: { status: 502, fault: 'upstream', retry: 'never' },
  upstream_throttled: { status: 429, fault: 'upstream', retry: 'elsewhere' },
  upstream_overloaded: { status: 503, fault: 'upstream', retry: 'elsewhere' },
  upstream_timeout: { status: 504, fault: 'upstream', retry: 'elsewhere' },
  upstream_auth: { status: 502, fault: 'gateway', retry: 'elsewhere' },
  store_unavailable: { status: 503, fault: 'gateway', retry: 'later' },
  no_target: { status: 503, fault: 'gateway', retry: 'later' },
  internal: { status: 500, fault: 'gateway', retry: 'never' },
} as const satisfies Record<string, Row>

export type ErrorCode = keyof typeof errorTable

/** What an upstream said when it refused, in its own words; never shown for faults of our credential. */
export interface UpstreamWords {
  readonly status: number
  readonly message: string
  readonly type?: string | undefined
  readonly code?: string | undefined
  readonly param?: string | undefined
}

export interface ErrorDetails {
  /** Where in the caller's body the mistake is, such as `messages[2].content`. */
  readonly param?: string | undefined
  /** The class that decides about retry and fallback; absent when no attempt was made. */
  readonly outcome?: Outcome | undefined
  /** How long the upstream asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined
  /** The upstream's `x-should-retry`, which overrides what its status says. */
  readonly shouldRetry?: boolean | undefined
  /** Of an upstream that has too much asked of it: its headers, as callers may see them. */
  readonly told?: Readonly<Record<string, string>> | undefined
  readonly upstream?: UpstreamWords | undefined
  /** The upstream's answer as it came, for callers that asked for it untouched; undefined where it speaks of our credential. */
  readonly answer?: RawAnswer | undefined
  /** Facts for the `tollgate` object of the error body. */
  readonly facts?: Readonly<Record<string, JsonValue>> | undefined
  /** Where the limits stand that bind whoever was refused. */
  readonly limits?: readonly LimitStanding[] | undefined
  readonly cause?: unknown
}

/** The only error that leaves a stage, a wire or the transport. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.details = details
  }

  get status(): number {
    return errorTable[this.code].status
  }

  /** A copy that says more: details given here win. */
  with(details: ErrorDetails): GatewayError {
    return new GatewayError(this.code, this.message, {
      ...this.details,
      ...details,
      facts: { ...this.details.facts, ...details.facts },
      cause: this,
    })
  }
}

/** Whatever was thrown, as a GatewayError; a stranger becomes `internal` and keeps its cause for the log. */
export const asGatewayError = (thrown: unknown): GatewayError =>
  thrown instanceof GatewayError
    ? thrown
    : new GatewayError('internal', 'The gateway failed while handling this call.', { cause: thrown })

const mostWords = 400

/** What a caller made up, such as the name of a field, short enough to be told back. */
const shortened = (text: string): string => (text.length > mostWords ? `${text.slice(0, mostWords)}…` : text)

/** A refusal of the caller's body that names the field. */
export const invalid = (param: string, problem: string): GatewayError => {
  const where = shortened(param)
  const what = shortened(problem)
  return new GatewayError('invalid_request', where === '' ? what : `${where}: ${what}`, { param: where || undefined })
}

/** A refusal because the target's language has no words for what is asked; another target may have. */
export const incapable = (what: string, wire: string): GatewayError =>
  new GatewayError(
    'invalid_request',
    `${shortened(what)} cannot be expressed in ${wire}; choose a target that supports it.`,
    { param: shortened(what), outcome: 'incapable' },
  )

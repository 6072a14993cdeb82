import { type ErrorCode, GatewayError } from '../core/errors.ts'
import type { Outcome } from '../core/outcome.ts'

/** What an upstream's failure means. */
export interface Verdict {
  readonly code: ErrorCode
  readonly outcome: Outcome
  /** What the caller reads; undefined: the upstream's own words. */
  readonly message?: string
  /** Words about our account or credential are for nobody. */
  readonly secret?: boolean
}

export const verdict = (code: ErrorCode, outcome: Outcome, message?: string): Verdict =>
  message === undefined ? { code, outcome } : { code, outcome, message }

export const noCredit: Verdict = {
  ...verdict('upstream_auth', 'quota', "The gateway's account at the provider has no credit left."),
  secret: true,
}
export const badKey: Verdict = {
  ...verdict('upstream_auth', 'auth', "The provider refuses the gateway's credential."),
  secret: true,
}
export const throttled = verdict('upstream_throttled', 'throttled', "The provider's rate limit is reached.")
export const overloaded = verdict('upstream_overloaded', 'server', 'The provider is overloaded.')
export const failed = verdict('upstream_failed', 'server', 'The provider failed.')
export const locked = verdict('upstream_failed', 'lock', 'The provider asks for another try.')
export const tooLarge = verdict('too_large', 'too_large', 'The request is larger than the provider takes.')
export const unknownModel = verdict('unknown_model', 'not_found')

/** What a status means where a language has no finer word; a language may know some of them better. */
export const usualVerdicts: readonly (readonly [status: number, verdict: Verdict])[] = [
  [401, badKey],
  [402, noCredit],
  [403, badKey],
  [404, unknownModel],
  [408, locked],
  [413, tooLarge],
  [425, locked],
  [429, throttled],
  [503, overloaded],
  [529, overloaded],
]

const mostWords = 2_000

/** An upstream's own words, of a length that fits into an error. */
const cut = (words: string): string => (words.length > mostWords ? `${words.slice(0, mostWords - 1)}…` : words)

/** A failure as its upstream told it. */
interface Told {
  readonly status: number
  readonly message: string
  readonly type?: string | undefined
  readonly code?: string | undefined
  /** The field it complains of; it is passed on where the caller is at fault. */
  readonly param?: string | undefined
  readonly retryAfterMs?: number | undefined
}

/** The error of a failure that was judged: with its upstream's words, unless they are for nobody. */
export const errorBy = ({ code, outcome, message, secret }: Verdict, told: Told): GatewayError => {
  const { status, type, param, retryAfterMs } = told
  if (secret) return new GatewayError(code, message ?? '', { outcome, retryAfterMs })
  const words = cut(told.message)
  return new GatewayError(code, message ?? words, {
    outcome,
    retryAfterMs,
    param: code === 'upstream_rejected' ? param : undefined,
    upstream: { status, message: words, type, code: told.code },
  })
}

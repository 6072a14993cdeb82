/** What an attempt came to. The class alone decides what happens next. */
export type Outcome = keyof typeof outcomes

/** May the target be asked again, or the next one: never, always, only when replaying is safe, or only as said beside it. */
type Again = 'no' | 'yes' | 'replay_safe' | 'after_wait'
/** Which targets may follow: the route's own, a chain configured for this very reason, or those with a larger limit. */
type Next = 'no' | 'yes' | 'replay_safe' | 'context_chain' | 'policy_chain' | 'larger'
/** What the breaker counts: our side of the network, their side, or nothing. */
type Blame = 'none' | 'local' | 'external'
/** What becomes of the credential that was used. */
type Credential = 'keep' | 'cool_down' | 'cool_down_long' | 'unhealthy'

export interface OutcomeRow {
  readonly same: Again
  readonly next: Next
  readonly breaker: Blame
  readonly credential: Credential
}

const row = (same: Again, next: Next, breaker: Blame = 'none', credential: Credential = 'keep'): OutcomeRow => ({
  same,
  next,
  breaker,
  credential,
})

/** The one table that retry, fallback, breaker and cool-down read. */
export const outcomes = {
  /** Nothing reached the upstream: DNS, refused, TLS, connect timeout. */
  not_sent: row('yes', 'yes', 'local'),
  /** Bytes were sent and the connection died or went silent before an answer began. */
  ambiguous: row('replay_safe', 'replay_safe', 'local'),
  /** The upstream failed: 500, 502, 503, 504, 520–524, 529, or the same said inside a stream. */
  server: row('yes', 'yes', 'external'),
  /** The upstream's rate limit. */
  throttled: row('after_wait', 'yes', 'none', 'cool_down'),
  /** Our account there has no credit left. */
  quota: row('no', 'yes', 'none', 'cool_down_long'),
  /** Our key is refused there. */
  auth: row('no', 'yes', 'none', 'unhealthy'),
  /** The upstream does not know this model. */
  not_found: row('no', 'yes'),
  /** The prompt is longer than this model reads. */
  context: row('no', 'context_chain'),
  /** The provider's content policy refused. */
  policy: row('no', 'policy_chain'),
  /** The body is larger than this upstream takes. */
  too_large: row('no', 'larger'),
  /** The target's language cannot say what is asked; nothing was sent. */
  incapable: row('no', 'yes'),
  /** The caller's own mistake, said by the upstream. */
  caller: row('no', 'no'),
  /** The upstream asks for another try: 408, 425, 409 with `x-should-retry: true`. */
  lock: row('yes', 'yes'),
  /** The caller went away, or its time is over. */
  cancelled: row('no', 'no'),
  /** A success that cannot be read. */
  malformed: row('yes', 'yes', 'external'),
} as const satisfies Record<string, OutcomeRow>

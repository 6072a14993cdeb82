import type { ErrorCode } from '../../core/errors.ts'
import type { Outcome } from '../../core/outcome.ts'

/** An upstream's failure in its own words. */
export interface Told {
  readonly status: number
  /** The class of the exception, such as `ThrottlingException`; empty where it is not told. */
  readonly type: string
  readonly message: string
}

/** What a failure means. */
export interface Verdict {
  readonly code: ErrorCode
  readonly outcome: Outcome
  /** What the caller reads; undefined: the upstream's own words. */
  readonly message?: string
  /** Words about our account or credential are for nobody. */
  readonly secret?: boolean
}

const verdict = (code: ErrorCode, outcome: Outcome, message?: string): Verdict =>
  message === undefined ? { code, outcome } : { code, outcome, message }

const badKey: Verdict = {
  ...verdict('upstream_auth', 'auth', "The provider refuses the gateway's credential."),
  secret: true,
}
/** It has a class like that of a key that is refused. */
const noCaching = verdict('upstream_rejected', 'caller')
const noModel: Verdict = {
  ...verdict('upstream_auth', 'not_found', "The gateway's account has no access to this model."),
  secret: true,
}
const throttled = verdict('upstream_throttled', 'throttled', "The provider's rate limit is reached.")
const overloaded = verdict('upstream_overloaded', 'server', 'The provider is overloaded.')
const failed = verdict('upstream_failed', 'server', 'The provider failed.')
const locked = verdict('upstream_failed', 'lock', 'The provider asks for another try.')
const slow = verdict('upstream_timeout', 'server', 'The model took too long.')
const unknown = verdict('unknown_model', 'not_found')

/** https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html and the errors all services share. */
const byType: ReadonlyMap<string, Verdict> = new Map([
  ['accessdenied', badKey],
  ['unrecognizedclient', badKey],
  ['incompletesignature', badKey],
  ['invalidsignature', badKey],
  ['signaturedoesnotmatch', badKey],
  ['expiredtoken', badKey],
  ['invalidclienttokenid', badKey],
  ['missingauthenticationtoken', badKey],
  ['requesttimetooskewed', badKey],
  ['optinrequired', badKey],
  ['throttling', throttled],
  ['servicequotaexceeded', throttled],
  ['toomanyrequests', throttled],
  ['modelnotready', locked],
  ['modeltimeout', slow],
  ['modelerror', failed],
  ['modelstreamerror', failed],
  ['internalserver', failed],
  ['internalfailure', failed],
  ['serviceunavailable', overloaded],
  ['resourcenotfound', unknown],
])

const byStatus: ReadonlyMap<number, Verdict> = new Map([
  [401, badKey],
  [402, { ...badKey, outcome: 'quota', message: "The gateway's account at the provider has no credit left." }],
  [403, badKey],
  [404, unknown],
  [408, slow],
  [413, verdict('too_large', 'too_large', 'The request is larger than the provider takes.')],
  [424, failed],
  [425, locked],
  [429, throttled],
  [503, overloaded],
  [529, overloaded],
])

/** What a class and a status alone do not tell, by the provider's words; the first that fits counts. */
const byWords: readonly (readonly [words: RegExp, verdict: Verdict])[] = [
  [/access to the model/i, noModel],
  [/prompt caching/i, noCaching],
  [
    /(?:input|prompt|request) is too long|context (?:window|length)|maximum (?:input|context)? ?tokens|too many (?:input )?tokens(?! per)/i,
    verdict('upstream_rejected', 'context'),
  ],
  [/content (?:filter|moderation|polic)|responsible ai/i, verdict('upstream_rejected', 'policy')],
  [
    /model identifier is invalid|on-demand throughput isn.t supported|end of its life|could not resolve the foundation model/i,
    unknown,
  ],
]

/** `ValidationException` and `com.amazonaws.bedrock#ValidationException:http://…` to `validation`. */
export const plainType = (type: string): string =>
  (type.split(':', 1)[0]?.split('#').at(-1) ?? '').replace(/(?:Exception|Error|Fault)$/, '').toLowerCase()

/** What an upstream's failure means, by its class, its status and its words. */
export const judge = ({ status, type, message }: Told): Verdict => {
  const kind = plainType(type)
  const known = byType.get(kind)
  // A key that was refused, a limit or a failure is that, whatever else its words tell.
  if (known === undefined || known === badKey || kind === 'resourcenotfound') {
    const finer = byWords.find(([words]) => words.test(message))?.[1]
    const fits =
      known === badKey || status === 401 || status === 403 ? finer === noModel || finer === noCaching : status < 424
    if (finer && fits) return finer
  }
  if (known) return known
  return byStatus.get(status) ?? (status >= 500 ? failed : verdict('upstream_rejected', 'caller'))
}

import {
  badKey,
  failed,
  locked,
  overloaded,
  throttled,
  unknownModel,
  usualVerdicts,
  type Verdict,
  verdict,
} from '../verdict.ts'

/** An upstream's failure in its own words. */
export interface Told {
  readonly status: number
  /** The class of the exception, such as `ThrottlingException`; empty where it is not told. */
  readonly type: string
  readonly message: string
}

/** It has a class like that of a key that is refused. */
const noCaching = verdict('upstream_rejected', 'caller')
const noModel: Verdict = {
  ...verdict('upstream_auth', 'not_found', "The gateway's account has no access to this model."),
  secret: true,
}
const slow = verdict('upstream_timeout', 'server', 'The model took too long.')

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
  ['resourcenotfound', unknownModel],
])

const byStatus: ReadonlyMap<number, Verdict> = new Map([...usualVerdicts, [408, slow], [424, failed]])

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
    unknownModel,
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

import { type ErrorCode, GatewayError } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Outcome } from '../../core/outcome.ts'
import { type AwsEvent, writeAwsException } from '../aws-events.ts'
import type { AnswerHeaders } from '../wire.ts'

/** An upstream's failure in its own words. */
interface Told {
  readonly status: number
  /** The class of the exception, such as `ThrottlingException`; empty where it is not told. */
  readonly type: string
  readonly message: string
}

interface Verdict {
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
const plainType = (type: string): string =>
  (type.split(':', 1)[0]?.split('#').at(-1) ?? '').replace(/(?:Exception|Error|Fault)$/, '').toLowerCase()

const judge = ({ status, type, message }: Told): Verdict => {
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

const mostWords = 2_000
const cut = (words: string): string => (words.length > mostWords ? `${words.slice(0, mostWords - 1)}…` : words)

const errorOf = (told: Told): GatewayError => {
  const { code, outcome, message, secret } = judge(told)
  const words = cut(told.message)
  if (secret) return new GatewayError(code, message ?? '', { outcome })
  return new GatewayError(code, message ?? words, {
    outcome,
    upstream: { status: told.status, message: words, type: plainName(told.type) },
  })
}

const plainName = (type: string): string | undefined => type.split(':', 1)[0]?.split('#').at(-1) || undefined

const text = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

const parse = (body: string): JsonObject => {
  try {
    const value: JsonValue = JSON.parse(body)
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}

const messageIn = (body: JsonObject): string | undefined => {
  const { error } = body
  return (
    text(body.message) ??
    text(body.Message) ??
    (isObject(error) ? text(error.message) : text(error)) ??
    text(body.detail)
  )
}

/** An error answer, whose body may be anything: a proxy's page in HTML, or nothing. Its class is in a header. */
export const readError = (status: number, body: string, headers: AnswerHeaders = {}): GatewayError => {
  const parsed = parse(body)
  const named = headers['x-amzn-errortype']
  const type = (typeof named === 'string' ? named : undefined) ?? text(parsed.__type) ?? text(parsed.code) ?? ''
  return errorOf({ status, type, message: messageIn(parsed) ?? `The provider answered with status ${status}.` })
}

const statuses: ReadonlyMap<string, number> = new Map([
  ['validation', 400],
  ['accessdenied', 403],
  ['resourcenotfound', 404],
  ['throttling', 429],
  ['serviceunavailable', 503],
])

/** What a stream tells in place of its end. A model's error has the status with which the model answered. */
export const readException = ({ name, message, payload }: AwsEvent): GatewayError => {
  const told = parse(payload.toString('utf8'))
  const { originalStatusCode: original } = told
  const status = statuses.get(plainType(name)) ?? 500
  const words = messageIn(told) ?? text(message) ?? 'The provider failed in the middle of its answer.'
  if (plainType(name) === 'modelstreamerror' && (original === 429 || original === 503 || original === 529))
    return errorOf({ status: original, type: '', message: words })
  return errorOf({ status, type: name, message: words })
}

/** Amazon's class for an error of ours. */
const types: ReadonlyMap<number, string> = new Map([
  [401, 'UnrecognizedClientException'],
  [402, 'ServiceQuotaExceededException'],
  [403, 'AccessDeniedException'],
  [404, 'ResourceNotFoundException'],
  [429, 'ThrottlingException'],
  [503, 'ServiceUnavailableException'],
  [504, 'ModelTimeoutException'],
])

const typeOf = ({ status }: GatewayError): string =>
  types.get(status) ?? (status < 499 ? 'ValidationException' : 'InternalServerException')

/** The classes that a stream may end with. */
const streamType = (error: GatewayError): string => {
  if (error.code.startsWith('upstream_') && (error.status === 502 || error.status === 504)) {
    return 'modelStreamErrorException'
  }
  if (error.status === 429) return 'throttlingException'
  if (error.status === 503) return 'serviceUnavailableException'
  return error.status < 499 ? 'validationException' : 'internalServerException'
}

/** An error for a caller: a whole body, or the exception after which a stream says nothing more. */
export const writeError = (error: GatewayError, form: 'events' | 'whole'): string => {
  const { param, facts } = error.details
  const tollgate = { code: error.code, param, ...facts }
  if (form === 'events') return writeAwsException(streamType(error), { message: error.message, tollgate })
  return JSON.stringify({ __type: typeOf(error), message: error.message, tollgate })
}

/** Where Amazon's clients look for the class first. */
export const errorHeaders = (error: GatewayError): Record<string, string> => ({ 'x-amzn-errortype': typeOf(error) })

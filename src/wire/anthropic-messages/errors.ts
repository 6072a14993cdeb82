import type { GatewayError } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { badKey, errorBy, failed, noCredit, usualVerdicts, type Verdict, verdict } from '../verdict.ts'

/** An upstream's failure in its own words. */
interface Told {
  readonly status: number
  readonly type: string | undefined
  /** Anthropic's finer word, of `details.error_code`. */
  readonly code: string | undefined
  readonly message: string
}

const byStatus: ReadonlyMap<number, Verdict> = new Map(usualVerdicts)

/** What status alone does not tell, by the provider's words; the first that fits counts. */
const creditWords = /credit balance|\bbilling\b|insufficient_quota|reached your specified .*usage limits|spend limit/i
const byWords: readonly (readonly [words: RegExp, verdict: Verdict])[] = [
  [creditWords, noCredit],
  [/organization .*(?:disabled|on hold)/i, badKey],
  [
    /prompt is too long|exceeds? (?:the )?(?:model'?s? )?context|context (?:window|limit|length)/i,
    verdict('upstream_rejected', 'context'),
  ],
  [/content filtering policy/i, verdict('upstream_rejected', 'policy')],
]

const byCode: ReadonlyMap<string | undefined, Verdict> = new Map([
  ['contract_spend_limit_reached', noCredit],
  ['enforced_spend_limit_reached', noCredit],
  ['organization_on_hold', badKey],
])

const judge = ({ status, type, code, message }: Told): Verdict => {
  const finer = byCode.get(code)
  if (finer) return finer
  if (type === 'billing_error' || (status === 429 && creditWords.test(`${type} ${message}`))) return noCredit
  const known = byStatus.get(status)
  if (known) return known
  if (status < 400 || status >= 500) return failed
  return byWords.find(([words]) => words.test(message))?.[1] ?? verdict('upstream_rejected', 'caller')
}

/** The field Anthropic names at the beginning of its complaint. */
const fieldIn = (message: string): string | undefined => /^([a-z_]+(?:\.\w+)*): /.exec(message)?.[1]

const errorOf = (told: Told): GatewayError => errorBy(judge(told), { ...told, param: fieldIn(told.message) })

/** The error inside `{"type":"error","error":{…}}`; undefined when there is none. */
export const errorIn = (body: JsonValue): JsonObject | undefined =>
  isObject(body) && isObject(body.error) ? body.error : undefined

const text = (value: JsonValue | undefined): string | undefined => (typeof value === 'string' ? value : undefined)

const told = (error: JsonObject, status: number): Told => ({
  status,
  type: text(error.type),
  code: isObject(error.details) ? text(error.details.error_code) : undefined,
  message: text(error.message) || `The provider answered with status ${status}.`,
})

const statuses: ReadonlyMap<string | undefined, number> = new Map([
  ['invalid_request_error', 400],
  ['authentication_error', 401],
  ['billing_error', 402],
  ['permission_error', 403],
  ['not_found_error', 404],
  ['conflict_error', 409],
  ['request_too_large', 413],
  ['rate_limit_error', 429],
  ['api_error', 500],
  ['timeout_error', 504],
  ['overloaded_error', 529],
])

/** An error that an answer with status 200 tells instead of a message, or after its beginning. */
export const readErrorEvent = (error: JsonObject): GatewayError =>
  errorOf(told(error, statuses.get(text(error.type)) ?? 500))

const parse = (body: string): JsonValue => {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}

/** An error answer, whose body may be anything: a proxy's page in HTML, or nothing. */
export const readError = (status: number, body: string): GatewayError => {
  const parsed = parse(body)
  const error =
    errorIn(parsed) ?? (isObject(parsed) ? { message: parsed.message ?? parsed.error ?? parsed.detail } : {})
  return errorOf(told(error, status))
}

/** Anthropic's word for an error of ours. */
const types: ReadonlyMap<number, string> = new Map([
  [401, 'authentication_error'],
  [402, 'billing_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [408, 'timeout_error'],
  [413, 'request_too_large'],
  [429, 'rate_limit_error'],
  [503, 'overloaded_error'],
  [504, 'timeout_error'],
])

const typeOf = ({ code, status, details }: GatewayError): string => {
  const theirs = details.upstream?.type
  if (code === 'upstream_rejected' && statuses.has(theirs)) return theirs as string
  return types.get(status) ?? (status < 499 ? 'invalid_request_error' : 'api_error')
}

/**
 * Anthropic's finer word, which its clients act on: whoever keeps a conversation in a thread sends it whole when it
 * hears that this request cannot be threaded.
 */
const finerOf = ({ code, details: { param, upstream } }: GatewayError): JsonObject | undefined => {
  if (code === 'invalid_request' && param === 'thread') {
    return { error_code: 'thread_unsupported_request', unsupported: ['thread'] }
  }
  return code === 'upstream_rejected' && upstream?.code !== undefined ? { error_code: upstream.code } : undefined
}

/** An error for a caller: a whole body, or the event after which a stream says nothing more. */
export const writeError = (error: GatewayError, form: 'events' | 'whole'): string => {
  const { param, facts } = error.details
  const body = JSON.stringify({
    type: 'error',
    error: { type: typeOf(error), message: error.message, details: finerOf(error) },
    request_id: text(facts?.request_id),
    tollgate: { code: error.code, param, ...facts },
  })
  return form === 'whole' ? body : `event: error\ndata: ${body}\n\n`
}

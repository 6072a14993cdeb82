import type { GatewayError } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import {
  badKey,
  errorBy,
  failed,
  noCredit,
  throttled,
  tooLarge,
  usualVerdicts,
  type Verdict,
  verdict,
} from '../verdict.ts'
import { detailOf, retryDelayMs } from './error-details.ts'

/** An upstream's failure in its own words. */
interface Told {
  readonly status: number
  /** Google's word for the status, such as `INVALID_ARGUMENT`. */
  readonly word: string | undefined
  readonly message: string
  readonly details: JsonValue | undefined
}

const byStatus: ReadonlyMap<number, Verdict> = new Map(usualVerdicts)

const keyReasons: ReadonlySet<JsonValue | undefined> = new Set([
  'API_KEY_INVALID',
  'API_KEY_EXPIRED',
  'API_KEY_SERVICE_BLOCKED',
  'API_KEY_IP_ADDRESS_BLOCKED',
  'API_KEY_HTTP_REFERRER_BLOCKED',
  'SERVICE_DISABLED',
  'BILLING_DISABLED',
])

/** What status alone does not tell, by the provider's words; the first that fits counts. */
const byWords: readonly (readonly [words: RegExp, verdict: Verdict])[] = [
  [/api.?key (?:not valid|expired|not found)|pass a valid api key/i, badKey],
  [/user location is not supported|enable billing|billing (?:account|is disabled)/i, badKey],
  [
    /(?:input|prompt) token count|maximum number of tokens|context (?:window|length)/i,
    verdict('upstream_rejected', 'context'),
  ],
  [/payload size exceeds|request (?:is|entity) too large/i, tooLarge],
]

/** Limits of a day, and none at all, are over for longer than anybody waits. */
const spent = /perday|per day/i
const noneLeft =
  /limit: 0\b|prepa(?:id|yment) (?:credit|balance)|credits? (?:are|is|were) depleted|spend(?:ing)? (?:cap|limit)/i

const judgeLimit = ({ message, details }: Told): Verdict => {
  const { violations } = detailOf(details, 'QuotaFailure') ?? {}
  const isDaily =
    Array.isArray(violations) && violations.some((each: JsonValue) => isObject(each) && spent.test(`${each.quotaId}`))
  return isDaily || noneLeft.test(message) ? noCredit : throttled
}

const judge = (told: Told): Verdict => {
  const { status, message, details } = told
  if (status === 429) return judgeLimit(told)
  if (keyReasons.has(detailOf(details, 'ErrorInfo')?.reason)) return badKey
  const known = byStatus.get(status)
  if (known) return known
  if (status < 400 || status >= 499) return failed
  return byWords.find(([words]) => words.test(message))?.[1] ?? verdict('upstream_rejected', 'caller')
}

const fieldIn = (details: JsonValue | undefined): string | undefined => {
  const violations = detailOf(details, 'BadRequest')?.fieldViolations
  const first: JsonValue | undefined = Array.isArray(violations) ? violations[0] : undefined
  return isObject(first) && typeof first.field === 'string' && first.field !== '' ? first.field : undefined
}

const errorOf = (told: Told): GatewayError => {
  const { status, word, message, details } = told
  const field = fieldIn(details)
  return errorBy(judge(told), { status, message, type: word, param: field, retryAfterMs: retryDelayMs(details) })
}

/** The error inside `{"error":{…}}`, which may stand in a list; undefined when there is none. */
export const errorIn = (body: JsonValue): JsonObject | undefined => {
  const holder: JsonValue | undefined = Array.isArray(body) ? body[0] : (body as JsonValue)
  return isObject(holder) && isObject(holder.error) ? holder.error : undefined
}

const text = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** Google's words for statuses; the first of each status is the one that is told. */
const words: readonly (readonly [word: string, status: number])[] = [
  ['INVALID_ARGUMENT', 400],
  ['FAILED_PRECONDITION', 400],
  ['OUT_OF_RANGE', 400],
  ['UNAUTHENTICATED', 401],
  ['PERMISSION_DENIED', 403],
  ['NOT_FOUND', 404],
  ['ABORTED', 409],
  ['ALREADY_EXISTS', 409],
  ['RESOURCE_EXHAUSTED', 429],
  ['CANCELLED', 499],
  ['INTERNAL', 500],
  ['UNKNOWN', 500],
  ['DATA_LOSS', 500],
  ['UNIMPLEMENTED', 501],
  ['UNAVAILABLE', 503],
  ['DEADLINE_EXCEEDED', 504],
]

const statusOf: ReadonlyMap<string | undefined, number> = new Map(words)

const toldBy = (error: JsonObject, status: number): Told => ({
  status,
  word: text(error.status),
  message: text(error.message) ?? `The provider answered with status ${status}.`,
  details: error.details,
})

/** An error that an answer with status 200 tells, before or after its beginning. */
export const readErrorChunk = (error: JsonObject): GatewayError => {
  const code = typeof error.code === 'number' && error.code >= 400 && error.code < 600 ? error.code : undefined
  return errorOf(toldBy(error, code ?? statusOf.get(text(error.status)) ?? 500))
}

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
  return errorOf(toldBy(error, status))
}

/** Google's word for a status. */
const wordFor = (status: number): string => {
  const exact = words.find(([, each]) => each === status)?.[0]
  if (exact !== undefined) return exact
  if (status === 402) return 'RESOURCE_EXHAUSTED'
  if (status === 408) return 'DEADLINE_EXCEEDED'
  if (status === 502) return 'UNAVAILABLE'
  return status < 499 ? 'INVALID_ARGUMENT' : 'INTERNAL'
}

/** Google's word for an error of ours; where the upstream had one for the caller's mistake, it stays. */
export const statusWord = ({ code, status, details }: GatewayError): string => {
  const theirs = details.upstream?.type
  return code === 'upstream_rejected' && statusOf.has(theirs) ? (theirs as string) : wordFor(status)
}

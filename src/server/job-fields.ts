import type { IncomingHttpHeaders } from 'node:http'
import { durationMs } from '../config/durations.ts'
import type { Caller } from '../core/call.ts'
import { type GatewayError, invalid } from '../core/errors.ts'
import { idempotencyKey } from '../core/idempotency-key.ts'
import { isObject, type JsonObject } from '../core/json.ts'
import { parseJson } from '../core/parse-json.ts'
import { priorities } from '../core/priority.ts'
import type { JobWish } from '../jobs/jobs.ts'
import { keptHeaders } from '../jobs/order.ts'
import { inBody } from './job-errors.ts'
import { jobJsonLimits } from './json-limits.ts'
import { rawQuestion, readQuestion } from './reading.ts'
import { findDoor, type InferenceDoor, type RawDoor, throughDoor } from './routes.ts'
import { pathOf } from './strict.ts'

const known: ReadonlySet<string> = new Set([
  'endpoint',
  'body',
  'headers',
  'priority',
  'run_at',
  'deadline',
  'webhook',
  'metadata',
  'idempotency_key',
  'hold',
])
const longestText = 2_048
const mostHeaders = 32

export interface Submitter {
  readonly caller: Caller
  /** Of the request that submits. */
  readonly headers: IncomingHttpHeaders
  /** Unix milliseconds. */
  readonly now: number
}

/** What is wished, and of which door. */
interface Read {
  readonly wish: JobWish
  readonly door: InferenceDoor | RawDoor
  readonly body: Buffer
}

/** What the body of `POST /v1/jobs` wishes. Everything that its door would refuse is refused now. Throws `invalid_request` and what live calls meet. */
export const readWish = (bytes: Buffer, submitter: Submitter): Read => {
  const given = parseJson(bytes, jobJsonLimits)
  if (!isObject(given)) throw invalid('', 'The body must be a JSON object.')
  for (const name in given)
    if (!known.has(name)) throw invalid(name, `is not known; there are ${[...known].join(', ')}`)
  const { endpoint, door } = doorIn(given)
  throughDoor(submitter.caller, door)
  const body = bodyIn(given)
  const headers = { 'content-type': 'application/json', ...wishesIn(submitter.headers), ...headersIn(given) }
  const { request, hold } = inBody(() => questionAt(door, endpoint, body, { ...submitter, headers }))
  const keyOfHeader = submitter.headers['idempotency-key']
  const wish = {
    endpoint,
    headers,
    body: { bytes: body },
    model: request.model,
    priority: priorityIn(given),
    runAt: timeIn(given, 'run_at'),
    deadlineAt: deadlineIn(given, submitter.now),
    webhook: textIn(given, 'webhook'),
    metadata: metadataIn(given),
    idempotencyKey: keyIn(given, keyOfHeader),
    hold: flagIn(given, 'hold') ?? hold,
  }
  return { wish, door, body }
}

const problemOf = (thrown: unknown): GatewayError =>
  invalid(
    'endpoint',
    `must be the path of a door that answers, such as /v1/chat/completions. ${(thrown as Error).message}`,
  )

const doorIn = ({ endpoint }: JsonObject): { readonly endpoint: string; readonly door: InferenceDoor | RawDoor } => {
  if (typeof endpoint !== 'string' || endpoint.length > longestText)
    throw invalid('endpoint', 'must be the path of a door, such as /v1/chat/completions')
  let door: ReturnType<typeof findDoor>['door']
  try {
    door = findDoor('POST', pathOf(endpoint), endpoint).door
  } catch (thrown) {
    throw problemOf(thrown)
  }
  if (door.kind !== 'inference' && door.kind !== 'raw')
    throw invalid('endpoint', 'must be the path of a door that answers, such as /v1/chat/completions')
  return { endpoint, door }
}

const bodyIn = ({ body }: JsonObject): Buffer => {
  if (!isObject(body)) throw invalid('body', 'must be the JSON object that the endpoint takes')
  return Buffer.from(JSON.stringify(body))
}

const questionAt = (
  door: InferenceDoor | RawDoor,
  target: string,
  body: Buffer,
  asking: { readonly caller: Caller; readonly headers: IncomingHttpHeaders },
) =>
  door.kind === 'inference'
    ? readQuestion(door, body, asking)
    : rawQuestion(door, { method: 'POST', target, body }, asking)

/** Wishes that the submitting request has as headers hold for the job, where its own say nothing else. */
const wishesIn = (headers: IncomingHttpHeaders): Record<string, string> => {
  const wishes: Record<string, string> = {}
  for (const name in headers) if (name.startsWith('x-tollgate-')) wishes[name] = String(headers[name])
  return keptHeaders(wishes)
}

const headersIn = ({ headers }: JsonObject): Record<string, string> => {
  if (headers === undefined) return {}
  if (!isObject(headers)) throw invalid('headers', 'must be an object of texts')
  const entries = Object.entries(headers)
  if (entries.length > mostHeaders) throw invalid('headers', `must have at most ${mostHeaders} entries`)
  const lower: Record<string, string> = {}
  for (const [name, value] of entries) {
    if (!/^[a-z\d-]{1,64}$/i.test(name) || typeof value !== 'string' || !/^[\x20-\x7e]{1,1024}$/.test(value))
      throw invalid(`headers.${name.slice(0, 64)}`, 'must be text of at most 1024 printable characters')
    lower[name.toLowerCase()] = value
  }
  const kept = keptHeaders(lower)
  for (const name in lower)
    if (kept[name] === undefined || name === 'content-type')
      throw invalid(`headers.${name}`, 'means nothing to a job, or must not be kept: leave it out')
  return kept
}

const textIn = (given: JsonObject, name: string): string | undefined => {
  const value = given[name] ?? undefined
  if (value === undefined) return undefined
  if (typeof value !== 'string' || value === '' || value.length > longestText)
    throw invalid(name, `must be text of at most ${longestText} characters`)
  return value
}

const flagIn = (given: JsonObject, name: string): boolean | undefined => {
  const value = given[name] ?? undefined
  if (value !== undefined && typeof value !== 'boolean') throw invalid(name, 'must be true or false')
  return value
}

const priorityIn = (given: JsonObject): JobWish['priority'] => {
  const said = textIn(given, 'priority')
  const priority = priorities.find((each) => each === said)
  if (said !== undefined && !priority) throw invalid('priority', `must be ${priorities.join(', ')}`)
  return priority
}

const timeForm = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))$/

/** ISO 8601 with its offset, or Unix seconds. */
const momentOf = (value: unknown): number | undefined => {
  const ms =
    typeof value === 'number' ? value * 1_000 : timeForm.test(String(value)) ? Date.parse(String(value)) : Number.NaN
  return Number.isFinite(ms) && ms >= 0 && ms < 8.64e15 ? Math.round(ms) : undefined
}

const timeIn = (given: JsonObject, name: string): number | undefined => {
  const value = given[name] ?? undefined
  if (value === undefined) return undefined
  const moment = momentOf(value)
  if (moment === undefined) throw invalid(name, 'must be a time such as 2026-11-01T00:00:00Z, or Unix seconds')
  return moment
}

/** A moment, or a duration from now on. */
const deadlineIn = (given: JsonObject, now: number): number | undefined => {
  const { deadline } = given
  const ms = typeof deadline === 'string' && deadline.length <= 64 ? durationMs(deadline) : undefined
  if (ms !== undefined) return now + ms
  try {
    return timeIn(given, 'deadline')
  } catch {
    throw invalid('deadline', 'must be a time such as 2026-11-01T00:00:00Z, Unix seconds, or a duration such as 1h')
  }
}

const metadataIn = ({ metadata }: JsonObject): Record<string, string> | undefined => {
  if (metadata === undefined || metadata === null) return undefined
  if (!isObject(metadata)) throw invalid('metadata', 'must be an object of texts')
  // What is in it is looked at with the job.
  return metadata as Record<string, string>
}

const keyIn = (given: JsonObject, ofHeader: string | string[] | undefined): string | undefined => {
  const own = given.idempotency_key ?? undefined
  const key = own === undefined ? undefined : idempotencyKey(own, 'idempotency_key')
  if (ofHeader === undefined) return key
  const header = idempotencyKey(ofHeader, 'idempotency-key')
  if (key !== undefined && key !== header) throw invalid('idempotency_key', 'is another one than that of the header')
  return header
}

import type { Caller } from '../core/call.ts'
import { GatewayError, invalid } from '../core/errors.ts'
import { isObject, type JsonValue } from '../core/json.ts'
import { parseJson } from '../core/parse-json.ts'
import type { FeedbackDesk, FeedbackWish } from '../telemetry/feedback-desk.ts'
import type { Arrival } from './arrival.ts'
import { replyJson } from './replies.ts'
import { nothingAt, notTaken } from './routes.ts'

const mostBytes = 16 * 1024
const fields: ReadonlySet<string> = new Set(['call', 'score', 'label', 'comment'])

/** Answers one request at `/v1/feedback`, from a caller that may use it. */
export const serveFeedback = async (arrival: Arrival, caller: Caller, feedback: FeedbackDesk): Promise<void> => {
  if (arrival.path !== '/v1/feedback') throw nothingAt(arrival.path)
  if (arrival.method !== 'POST') throw notTaken(['POST'])
  if (Number(arrival.headers['content-length'] ?? 0) > mostBytes) throw tooLong()
  const given = await feedback.give(caller, wishIn(parseJson(await arrival.read(mostBytes))))
  const { call, score = null, label, comment = null, at } = given
  replyJson(arrival.outlet, { object: 'feedback', call, score, label: label || null, comment, at }, { status: 201 })
}

const tooLong = (): GatewayError => new GatewayError('too_large', `Feedback has at most ${mostBytes} bytes.`)

const wishIn = (body: JsonValue): FeedbackWish => {
  if (!isObject(body)) throw invalid('', 'The body must be a JSON object.')
  for (const field in body)
    if (!fields.has(field)) throw invalid(field, `is not known; there are ${[...fields].join(', ')}`)
  const { call, score, label, comment } = body
  if (typeof call !== 'string' || call === '' || call.length > 256) throw invalid('call', 'must be the id of a call')
  return {
    call,
    score: numberIn(score),
    label: textIn(label, 'label'),
    comment: textIn(comment, 'comment'),
  }
}

const numberIn = (value: JsonValue | undefined): number | undefined => {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number') throw invalid('score', 'must be a number from -1 to 1')
  return value
}

const textIn = (value: JsonValue | undefined, name: string): string | undefined => {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw invalid(name, 'must be text')
  return value
}

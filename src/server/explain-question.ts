import type { IncomingHttpHeaders } from 'node:http'
import type { Caller } from '../core/call.ts'
import { GatewayError, invalid } from '../core/errors.ts'
import { isObject, type JsonValue } from '../core/json.ts'
import type { Question } from '../core/question.ts'
import type { Explaining } from '../explain.ts'
import { questionOf, withHeaders } from './question.ts'
import { findDoor, throughDoor } from './routes.ts'

/** A request as somebody describes it who does not send it. */
export interface Described {
  /** The path of a door, such as `/v1/chat/completions`. */
  readonly endpoint: string
  readonly body: JsonValue
  /** As they would be sent; those that tell who asks are passed over. */
  readonly headers: Readonly<Record<string, string>>
}

/** Whoever asks is named, and no key of anybody's account is sent to be looked at. */
const passedOver: ReadonlySet<string> = new Set([
  'authorization',
  'x-api-key',
  'x-goog-api-key',
  'x-tollgate-provider-key',
])

/**
 * The question that a door would make of a request. Throws what the door would refuse it with, and `invalid_request` for
 * doors through which requests pass unread.
 */
export const describedQuestion = ({ endpoint, body, headers }: Described, caller: Caller): Question => {
  const { door } = findDoor('POST', endpoint)
  if (door.kind !== 'inference')
    throw invalid('endpoint', 'must be a door of chat or embeddings, such as /v1/chat/completions')
  if (!isObject(body)) throw invalid('body', 'must be an object')
  const named: IncomingHttpHeaders = {}
  for (const [name, value] of Object.entries(headers))
    if (!passedOver.has(name.toLowerCase())) named[name.toLowerCase()] = value
  const asked = door.wire.readRequest(body, door)
  return questionOf(withHeaders(asked, door.wire, named), throughDoor(caller, door), named)
}

/** The caller that a key of this name makes, without which nobody is let in where there are keys. */
export const callerFor = ({ callerNamed, isOpen }: Omit<Explaining, 'explain'>, key: string | undefined): Caller => {
  if (key === undefined) {
    if (isOpen) return { key: 'anonymous' }
    throw invalid('key', 'must name a key, as nobody is let in without one')
  }
  const caller = callerNamed(key)
  if (!caller) throw new GatewayError('not_found', `No key that works is called ${JSON.stringify(key.slice(0, 100))}.`)
  return caller
}

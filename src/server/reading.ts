import type { IncomingHttpHeaders } from 'node:http'
import type { Caller } from '../core/call.ts'
import { parseJson } from '../core/parse-json.ts'
import type { Question } from '../core/question.ts'
import { jsonLimitsOf } from './json-limits.ts'
import { passedTo, throughTo } from './passthrough.ts'
import { questionOf, withHeaders } from './question.ts'
import { modelRequest, passedRequest } from './raw-request.ts'
import type { InferenceDoor, RawDoor } from './routes.ts'

/** Who asks, and with which headers. */
export interface Asking {
  readonly caller: Caller
  readonly headers: IncomingHttpHeaders
}

/** The question in the body of a request at a door of inference. Throws `invalid_request`. */
export const readQuestion = (door: InferenceDoor, bytes: Buffer, { caller, headers }: Asking): Question => {
  const asked = door.wire.readRequest(parseJson(bytes, jsonLimitsOf(door.operation)), door)
  return questionOf(withHeaders(asked, door.wire, headers), caller, headers)
}

/** The question of a request that passes unread, with its whole body. `target`: its path with its query. Throws as reading does. */
export const rawQuestion = (
  { operation }: RawDoor,
  { method, target, body }: { readonly method: string; readonly target: string; readonly body: Buffer },
  { caller, headers }: Asking,
): Question => {
  const arrival = { operation, method, headers }
  if (operation !== 'passthrough') return questionOf(modelRequest(arrival, body), caller, headers)
  const passed = passedTo(target)
  const asked = passedRequest(arrival, passed, body.length === 0 ? undefined : body)
  return questionOf(asked, throughTo(caller, passed.provider), headers)
}

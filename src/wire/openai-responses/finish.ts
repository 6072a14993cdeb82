import type { Finish, FinishReason } from '../../core/delta.ts'
import { isObject, type JsonObject } from '../../core/json.ts'

/** Where a server does not say why, it was the limit: what else ends an answer early is told by those who know of it. */
const incomplete: ReadonlyMap<unknown, FinishReason> = new Map<unknown, FinishReason>([
  ['max_output_tokens', 'length'],
  ['content_filter', 'content_filter'],
  ['incomplete', 'length'],
])

/** What an answer has said, as far as its end depends on it. */
export interface SaidSoFar {
  readonly calls: boolean
  readonly refusal: boolean
}

/** Why a response that did not fail ended. One that is still being worked on in the background has only its status. */
export const readFinish = (response: JsonObject, { calls, refusal }: SaidSoFar): Finish => {
  const { status, incomplete_details: details } = response
  if (status === 'incomplete') {
    const native = isObject(details) && typeof details.reason === 'string' ? details.reason : 'incomplete'
    return { kind: 'finish', choice: 0, reason: incomplete.get(native) ?? 'other', native }
  }
  const native = typeof status === 'string' && status !== '' ? status : 'completed'
  if (native !== 'completed') return { kind: 'finish', choice: 0, reason: 'other', native }
  return { kind: 'finish', choice: 0, reason: calls ? 'tool_calls' : refusal ? 'refusal' : 'stop', native }
}

/** How a response ended, in this language's two fields. */
export interface Ending {
  readonly status: string
  readonly reason: string | undefined
}

const waiting: ReadonlySet<string | undefined> = new Set(['queued', 'in_progress'])

/** This language's words for a finish. One that is not known is told as the upstream spelt it, rather than as a success. */
export const writeFinish = (finish: Finish | undefined, refusal: boolean): Ending => {
  const { reason, native } = finish ?? { reason: 'stop' }
  if (reason === 'length' || reason === 'context') return { status: 'incomplete', reason: 'max_output_tokens' }
  if (reason === 'content_filter') return { status: 'incomplete', reason: 'content_filter' }
  if (reason === 'refusal' && !refusal) return { status: 'incomplete', reason: 'content_filter' }
  if (reason !== 'other') return { status: 'completed', reason: undefined }
  if (native !== undefined && waiting.has(native)) return { status: native, reason: undefined }
  return { status: 'incomplete', reason: native !== undefined && /^\w{1,64}$/.test(native) ? native : 'incomplete' }
}

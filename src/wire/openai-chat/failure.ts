import type { GatewayError } from '../../core/errors.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import { classify } from './classify.ts'
import { type Said, wordsOfObject } from './upstream-words.ts'

/** What a type or code of an error would have been as a status; the first that fits counts. */
const statusWords: readonly (readonly [RegExp, number])[] = [
  [/insufficient_quota|billing|insufficient_(balance|credits)/i, 402],
  [/rate.?limit|too_many_requests|throttl|resource_exhausted/i, 429],
  [/overloaded|unavailable|capacity/i, 503],
  [/invalid_api_key|authentication|unauthorized/i, 401],
  [/permission|forbidden/i, 403],
  [/not_found/i, 404],
  [/context_length|content_filter|content_policy|invalid_request|invalid_prompt|bad_?request|tool_use_failed/i, 400],
  [/timeout/i, 504],
]

const statusOf = ({ named, type, code }: Said): number => {
  if (named !== undefined) return named
  const words = `${type ?? ''} ${code ?? ''}`
  return statusWords.find(([pattern]) => pattern.test(words))?.[1] ?? 500
}

const errorIn = (chunk: JsonObject, isErrorEvent: boolean): JsonObject | undefined => {
  const { error } = chunk
  if (isObject(error)) return error
  if (typeof error === 'string') return { ...chunk, message: error }
  // Groq and older vLLM say it in their own places.
  if (isObject(chunk.x_groq) && typeof chunk.x_groq.error === 'string') return { message: chunk.x_groq.error }
  return isErrorEvent || chunk.object === 'error' ? chunk : undefined
}

/** The failure that an event or a body with status 200 tells; undefined when it tells none. */
export const readFailure = (chunk: JsonObject, isErrorEvent: boolean): GatewayError | undefined => {
  const error = errorIn(chunk, isErrorEvent)
  if (!error) return undefined
  const said = wordsOfObject(error)
  return classify(statusOf(said), said)
}

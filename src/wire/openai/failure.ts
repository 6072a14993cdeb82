import type { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
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
  // What is wrong with a picture or a question of the caller is no failure of the provider.
  [/\b(invalid|unsupported|empty|failed_to_download)_|\bimage_|_policy/i, 400],
  [/timeout/i, 504],
]

const statusOf = ({ named, type, code }: Said): number => {
  if (named !== undefined) return named
  const words = `${type ?? ''} ${code ?? ''}`
  return statusWords.find(([pattern]) => pattern.test(words))?.[1] ?? 500
}

/** The failure that an error object tells inside an answer whose status was 200. */
export const failureOf = (error: JsonObject): GatewayError => {
  const said = wordsOfObject(error)
  return classify(statusOf(said), said)
}

import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Request } from '../../core/request.ts'
import { withoutOurs } from '../openai/body.ts'

/** Fields of a response that repeat the request, and what stands in them where the request does not say. */
const repeated: Readonly<Record<string, JsonValue>> = {
  background: false,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  parallel_tool_calls: true,
  previous_response_id: null,
  prompt_cache_key: null,
  safety_identifier: null,
  temperature: 1,
  tool_choice: 'auto',
  tools: [],
  top_logprobs: 0,
  top_p: 1,
  truncation: 'disabled',
  user: null,
}

const objectOr = (value: JsonValue | undefined): JsonObject => (isObject(value) ? value : {})

/**
 * What a response says beside its answer: what was asked. `store` is false whatever was asked, as the gateway keeps no
 * answer.
 */
export const repeatedFields = ({ body = {} }: Request): JsonObject => {
  const fields: Record<string, JsonValue | undefined> = {}
  for (const field in repeated) fields[field] = body[field] ?? repeated[field]
  return {
    ...fields,
    metadata: withoutOurs(objectOr(body.metadata)) ?? {},
    reasoning: { effort: null, summary: null, ...objectOr(body.reasoning) },
    store: false,
    text: { format: { type: 'text' }, verbosity: 'medium', ...objectOr(body.text) },
  }
}

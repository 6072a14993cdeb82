import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { type HeldFields, holdsFields, more } from '../held.ts'

const mark: HeldFields = { prompt_cache_breakpoint: true, cache_control: true }

const part: HeldFields = {
  type: true,
  text: true,
  refusal: true,
  image_url: { url: true, detail: true },
  input_audio: { data: true, format: true },
  file: { file_data: true, file_id: true, filename: true },
  ...mark,
}

const message: HeldFields = {
  role: true,
  name: true,
  content: part,
  refusal: true,
  audio: { id: true },
  // Clients that gather a stream keep the index of each call.
  tool_calls: {
    id: true,
    type: true,
    index: true,
    function: { name: true, arguments: true },
    custom: { name: true, input: true },
  },
  tool_call_id: true,
  reasoning: true,
  reasoning_content: true,
  reasoning_details: true,
  annotations: true,
}

/** Results of tools are known by their call's id: the name that may stand beside it has no neutral word. */
const holdsMessage = (value: JsonValue): boolean =>
  isObject(value) && !(value.role === 'tool' && typeof value.name === 'string') && holdsFields(message, value)

const named: HeldFields = { name: true }
const choice: HeldFields = { type: true, function: named, custom: named }

const moreInFields = more({
  messages: (messages) => Array.isArray(messages) && (messages as readonly JsonValue[]).every(holdsMessage),
  tools: {
    type: true,
    function: { name: true, description: true, parameters: true, strict: true },
    custom: { name: true, description: true, format: true },
    ...mark,
  },
  tool_choice: { ...choice, allowed_tools: { mode: true, tools: choice } },
  response_format: { type: true, json_schema: { name: true, schema: true, description: true, strict: true } },
  reasoning: { effort: true, max_tokens: true, enabled: true, exclude: true },
  thinking: { type: true, budget_tokens: true },
})

/** Two words for one thing, of which the neutral one holds only the newer. */
const disagrees = ({ max_tokens, max_completion_tokens }: JsonObject): boolean =>
  typeof max_tokens === 'number' && typeof max_completion_tokens === 'number' && max_tokens !== max_completion_tokens

/** Does a body say more than its request holds in neutral words? */
export const saysMore = (body: JsonObject): boolean => disagrees(body) || moreInFields(body)

import type { JsonValue } from '../../core/json.ts'
import { type HeldFields, more } from '../held.ts'

const caller: HeldFields = { type: true }

const part: HeldFields = {
  type: true,
  text: true,
  refusal: true,
  image_url: true,
  file_id: true,
  file_url: true,
  file_data: true,
  filename: true,
  detail: true,
  input_audio: { data: true, format: true },
  annotations: true,
  logprobs: true,
  prompt_cache_breakpoint: true,
}

const thought: HeldFields = { type: true, text: true }

/** In which phase something was said has no neutral word, though models of this language read it. */
const item: HeldFields = {
  type: true,
  id: true,
  status: true,
  role: true,
  call_id: true,
  name: true,
  arguments: true,
  input: true,
  output: part,
  caller,
  created_by: true,
  async: true,
  summary: thought,
  encrypted_content: true,
}

const named: HeldFields = { type: true, name: true }

/**
 * Does a body say more than its request holds in neutral words? They hold neither what is to be shown beside the answer nor
 * how long a summary is.
 */
export const saysMore = more({
  input: { ...item, content: part },
  include: (words) =>
    Array.isArray(words) && (words as readonly JsonValue[]).every((word) => word === 'message.output_text.logprobs'),
  reasoning: {
    effort: true,
    summary: (word) => word === 'auto',
    generate_summary: (word) => word === 'auto',
    mode: true,
    context: true,
  },
  text: { verbosity: true, format: { type: true, name: true, schema: true, description: true, strict: true } },
  tool_choice: { ...named, mode: true, tools: named },
})

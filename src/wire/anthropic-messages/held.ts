import { isObject } from '../../core/json.ts'
import { type Held, type HeldFields, more } from '../held.ts'

/** Citations of an earlier answer are a list, which asks for nothing; those of a document say whether there shall be any. */
const citations: Held = (value) =>
  Array.isArray(value) || (isObject(value) && Object.keys(value).every((field) => field === 'enabled'))

const block: HeldFields = {
  type: true,
  text: true,
  source: { type: true, data: true, media_type: true, url: true, file_id: true },
  title: true,
  context: true,
  citations,
  id: true,
  name: true,
  input: true,
  caller: { type: true },
  tool_use_id: true,
  is_error: true,
  thinking: true,
  signature: true,
  data: true,
  cache_control: true,
}

/** Does a body say more than its request holds in neutral words? */
export const saysMore = more({
  system: block,
  messages: { role: true, content: { ...block, content: block } },
})

import type { Finish, FinishReason } from '../../core/delta.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'

const reasons: ReadonlyMap<string, FinishReason> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop_sequence'],
  ['max_tokens', 'length'],
  ['tool_use', 'tool_calls'],
  ['content_filtered', 'content_filter'],
  ['guardrail_intervened', 'content_filter'],
  ['model_context_window_exceeded', 'context'],
  ['malformed_model_output', 'other'],
  ['malformed_tool_use', 'other'],
])

/** Where a model tells which text ended its answer, if it was asked to. */
const sequenceIn = (fields: JsonValue | undefined): string | undefined => {
  if (!isObject(fields)) return undefined
  const { stop_sequence: sequence, delta } = fields
  if (typeof sequence === 'string') return sequence
  return isObject(delta) && typeof delta.stop_sequence === 'string' ? delta.stop_sequence : undefined
}

/** Why a message ended, from a whole answer or a `messageStop`; undefined where that does not tell. */
export const readFinish = (told: JsonObject): Finish | undefined => {
  const { stopReason: word } = told
  if (typeof word !== 'string') return undefined
  return {
    kind: 'finish',
    choice: 0,
    reason: reasons.get(word) ?? 'other',
    stopSequence: sequenceIn(told.additionalModelResponseFields),
    native: word,
  }
}

const words: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  stop_sequence: 'stop_sequence',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'content_filtered',
  refusal: 'content_filtered',
  pause: 'end_turn',
  context: 'model_context_window_exceeded',
  other: 'end_turn',
}

/** What was in the answer that decides why it ended. */
export interface Said {
  readonly toolCall: boolean
  readonly refusal: boolean
}

/**
 * Amazon's word for the end. Clients run tools only where it says `tool_use`, while other languages say a plain stop after
 * a tool that was forced.
 */
export const stopReason = (finish: Finish | undefined, said: Said): string => {
  if (said.refusal) return 'content_filtered'
  if (finish === undefined || (finish.reason === 'stop' && said.toolCall))
    return said.toolCall ? 'tool_use' : 'end_turn'
  // Its own words for one reason stay apart.
  return finish.native !== undefined && reasons.get(finish.native) === finish.reason
    ? finish.native
    : words[finish.reason]
}

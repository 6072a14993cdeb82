import type { Finish, FinishReason } from '../../core/delta.ts'
import type { JsonObject } from '../../core/json.ts'

const reasons: ReadonlyMap<string, FinishReason> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop_sequence'],
  ['max_tokens', 'length'],
  ['tool_use', 'tool_calls'],
  ['refusal', 'refusal'],
  ['pause_turn', 'pause'],
  ['model_context_window_exceeded', 'context'],
])

/** Why a message ended, from a message or the `delta` of a `message_delta`; undefined while it has not. */
export const readFinish = ({ stop_reason: word, stop_sequence: sequence }: JsonObject): Finish | undefined => {
  if (typeof word !== 'string') return undefined
  return {
    kind: 'finish',
    choice: 0,
    reason: reasons.get(word) ?? 'other',
    stopSequence: typeof sequence === 'string' ? sequence : undefined,
    native: word,
  }
}

const words: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  stop_sequence: 'stop_sequence',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
  refusal: 'refusal',
  pause: 'pause_turn',
  context: 'model_context_window_exceeded',
  other: 'end_turn',
}

/** What was in the answer that decides why it ended. */
export interface Said {
  readonly toolCall: boolean
  readonly refusal: boolean
}

/**
 * Anthropic's word for the end. Clients of Anthropic run tools only where it says `tool_use`, while others say a plain
 * stop after a tool that was forced.
 */
export const stopReason = (finish: Finish | undefined, said: Said): string => {
  if (said.refusal) return 'refusal'
  if (finish === undefined || (finish.reason === 'stop' && said.toolCall))
    return said.toolCall ? 'tool_use' : 'end_turn'
  return finish.reason === 'other' && finish.native === 'compaction' ? finish.native : words[finish.reason]
}

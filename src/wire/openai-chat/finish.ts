import type { Finish, FinishReason } from '../../core/delta.ts'

const reasons: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ['stop', 'stop'],
  ['eos', 'stop'],
  ['eos_token', 'stop'],
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop_sequence'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['max_output_tokens', 'length'],
  ['tool_calls', 'tool_calls'],
  ['tool_use', 'tool_calls'],
  ['function_call', 'tool_calls'],
  ['content_filter', 'content_filter'],
  ['refusal', 'refusal'],
  ['pause_turn', 'pause'],
  ['model_length', 'context'],
  ['model_context_window_exceeded', 'context'],
])

/** What the upstream's word means; words that are not known keep only their spelling. */
export const readReason = (native: string): FinishReason =>
  reasons.get(native) ?? reasons.get(native.toLowerCase()) ?? 'other'

const words: Record<Exclude<FinishReason, 'other'>, string> = {
  stop: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  context: 'length',
  tool_calls: 'tool_calls',
  content_filter: 'content_filter',
  refusal: 'content_filter',
  pause: 'stop',
}

/**
 * This language's word for a finish. One that is not known is told as the upstream spelt it, rather than as a success.
 */
export const writeReason = ({ reason, native }: Finish): string => {
  if (reason !== 'other') return words[reason]
  return native !== undefined && /^\w{1,64}$/.test(native) ? native : 'stop'
}

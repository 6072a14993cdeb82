import type { Finish, FinishReason } from '../../core/delta.ts'

/** Google's words for the end of a candidate. */
const reasons: ReadonlyMap<string, FinishReason> = new Map([
  ['STOP', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['SAFETY', 'content_filter'],
  ['RECITATION', 'content_filter'],
  ['BLOCKLIST', 'content_filter'],
  ['PROHIBITED_CONTENT', 'content_filter'],
  ['SPII', 'content_filter'],
  ['MODEL_ARMOR', 'content_filter'],
  ['IMAGE_SAFETY', 'content_filter'],
  ['IMAGE_PROHIBITED_CONTENT', 'content_filter'],
  ['IMAGE_RECITATION', 'content_filter'],
  ['PUP_LIMITED_DISABLED', 'content_filter'],
  ['CONTINUATION', 'pause'],
  ['LANGUAGE', 'other'],
  ['OTHER', 'other'],
  ['MALFORMED_FUNCTION_CALL', 'other'],
  ['UNEXPECTED_TOOL_CALL', 'other'],
  ['TOO_MANY_TOOL_CALLS', 'other'],
  ['MISSING_THOUGHT_SIGNATURE', 'other'],
  ['MALFORMED_RESPONSE', 'other'],
  ['IMAGE_OTHER', 'other'],
  ['NO_IMAGE', 'other'],
  ['ESCALATION', 'other'],
])

/**
 * Why a candidate ended. A stop after calls of tools is the end of a turn that waits for their results; imitations of
 * this language have words of their own for it.
 */
export const readFinish = (word: string, choice: number, called: boolean): Finish => {
  const reason = reasons.get(word) ?? (called ? 'stop' : 'other')
  return { kind: 'finish', choice, reason: reason === 'stop' && called ? 'tool_calls' : reason, native: word }
}

const words: Readonly<Record<FinishReason, string>> = {
  stop: 'STOP',
  stop_sequence: 'STOP',
  tool_calls: 'STOP',
  length: 'MAX_TOKENS',
  context: 'MAX_TOKENS',
  content_filter: 'SAFETY',
  refusal: 'SAFETY',
  pause: 'CONTINUATION',
  other: 'OTHER',
}

/** Google's word for the end; its own comes back as it was. */
export const finishWord = ({ reason, native }: Finish, refused: boolean): string => {
  if (refused) return 'SAFETY'
  return native !== undefined && reasons.get(native) === reason ? native : words[reason]
}

import { openEnvelope } from '../../core/envelope.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'

const isForeign = (block: JsonValue): boolean => {
  if (!isObject(block)) return false
  const proof =
    block.type === 'thinking' ? block.signature : block.type === 'redacted_thinking' ? block.data : undefined
  return typeof proof === 'string' && openEnvelope(proof) !== undefined
}

/** The caller's messages without thinking of other makers, which Anthropic would refuse; a turn of nothing else goes. */
export const withoutForeignThinking = (messages: readonly JsonValue[]): JsonValue[] => {
  const kept: JsonValue[] = []
  for (const message of messages) {
    if (!isObject(message) || !Array.isArray(message.content) || !message.content.some(isForeign)) {
      kept.push(message)
      continue
    }
    const content = message.content.filter((block) => !isForeign(block))
    if (content.length > 0) kept.push({ ...message, content })
  }
  return kept
}

const blocksOf = (message: JsonValue | undefined): readonly JsonValue[] =>
  isObject(message) && Array.isArray(message.content) ? message.content : []

const hasType = (block: JsonValue, ...types: string[]): boolean =>
  isObject(block) && typeof block.type === 'string' && types.includes(block.type)

/**
 * True while tools are being called in a turn that began without thinking of Claude's own. Thinking by a budget is
 * refused until that turn is over, so it is not asked for; adaptive thinking has no such rule.
 */
export const toolTurnLacksThinking = (messages: readonly JsonValue[]): boolean => {
  if (!blocksOf(messages.at(-1)).some((block) => hasType(block, 'tool_result'))) return false
  const answer = messages.findLast((message) => isObject(message) && message.role === 'assistant')
  const [first] = blocksOf(answer)
  return first !== undefined && !hasType(first, 'thinking', 'redacted_thinking')
}

/** A body of the caller's own, ready to be sent: without foreign thinking, and what is asked is still allowed. */
export const cleaned = (body: JsonObject): JsonObject => {
  const messages = withoutForeignThinking(body.messages as readonly JsonValue[])
  const byBudget = isObject(body.thinking) && body.thinking.type === 'enabled'
  if (!byBudget || !toolTurnLacksThinking(messages)) return { ...body, messages }
  const { thinking: _, ...rest } = body
  return { ...rest, messages }
}

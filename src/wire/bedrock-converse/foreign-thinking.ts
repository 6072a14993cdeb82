import { openEnvelope } from '../../core/envelope.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { wireName } from './name.ts'
import { openRedacted } from './redacted.ts'

const isForeign = (block: JsonValue): boolean => {
  if (!isObject(block) || !isObject(block.reasoningContent)) return false
  const { reasoningText, redactedContent } = block.reasoningContent
  if (typeof redactedContent === 'string') return openRedacted(redactedContent).origin !== wireName
  return (
    isObject(reasoningText) &&
    typeof reasoningText.signature === 'string' &&
    openEnvelope(reasoningText.signature) !== undefined
  )
}

/** A body of the caller's own without thinking of other makers, which Amazon would refuse; a turn of nothing else goes. */
export const cleaned = (body: JsonObject): JsonObject => {
  const messages: JsonValue[] = []
  for (const message of body.messages as readonly JsonValue[]) {
    if (!isObject(message) || !Array.isArray(message.content) || !message.content.some(isForeign)) {
      messages.push(message)
      continue
    }
    const content = message.content.filter((block) => !isForeign(block))
    if (content.length > 0) messages.push({ ...message, content })
  }
  return { ...body, messages }
}

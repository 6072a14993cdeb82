import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Target } from '../../core/target.ts'
import { isOwn, originOf } from './reasoning.ts'

const hasForeign = (details: JsonValue | undefined): boolean =>
  Array.isArray(details) && details.some((detail) => isObject(detail) && !isOwn(originOf(detail)))

const saysReasoning = (message: JsonObject): boolean =>
  message.reasoning_content !== undefined || message.reasoning !== undefined || message.reasoning_details !== undefined

/**
 * The thinking of an earlier turn, in the field where the target takes it back; nothing where it takes none or it is
 * not its own.
 */
const passAnswer = (message: JsonObject, target: Target): JsonObject => {
  const { reasoning_content, reasoning, reasoning_details, ...rest } = message
  const field = target.quirks.reasoningField
  if (field === undefined || hasForeign(reasoning_details)) return rest
  const said: Record<string, JsonValue> = {}
  const text = reasoning_content ?? reasoning
  if (text !== undefined) said[field] = text
  // Details are how a provider that calls the field `reasoning` proves whose thinking it was.
  if (field === 'reasoning' && reasoning_details !== undefined) said.reasoning_details = reasoning_details
  return { ...rest, ...said }
}

/** A caller's messages for a target of this language: the same array when nothing in them must change. */
export const passMessages = (messages: readonly JsonValue[], target: Target): readonly JsonValue[] => {
  const renames = target.quirks.developerRole === false
  let changed: JsonValue[] | undefined
  for (let index = 0; index < messages.length; index++) {
    const message = messages[index] as JsonObject
    let passed = message
    if (message.role === 'developer') {
      if (renames) passed = { ...message, role: 'system' }
    } else if (message.role === 'assistant' && saysReasoning(message)) passed = passAnswer(message, target)
    if (passed === message) continue
    changed ??= [...messages]
    changed[index] = passed
  }
  return changed ?? messages
}

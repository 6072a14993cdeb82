import { isObject, type JsonObject } from '../../core/json.ts'

/** What a stream tells of a block without neutral words when it begins; undefined where all of it is one delta. */
export const nativeStart = ({ toolUse, toolResult }: JsonObject): JsonObject | undefined => {
  if (isObject(toolUse)) {
    const { input: _, ...start } = toolUse
    return { toolUse: start }
  }
  if (!isObject(toolResult)) return undefined
  const { content: _, ...start } = toolResult
  return { toolResult: start }
}

/** What a stream tells after that. */
export const nativeDeltas = (block: JsonObject): readonly JsonObject[] => {
  const { toolUse, toolResult } = block
  if (isObject(toolUse)) {
    const { input } = toolUse
    return [{ toolUse: { input: typeof input === 'string' ? input : JSON.stringify(input ?? {}) } }]
  }
  return isObject(toolResult) ? [{ toolResult: toolResult.content ?? [] }] : [block]
}

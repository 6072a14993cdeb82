import { incapable } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Request } from '../../core/request.ts'
import type { Target } from '../../core/target.ts'
import { abilitiesOf } from '../claude-abilities.ts'
import { cachePointsOf } from './cache-points.ts'
import { toBeCounted } from './counting.ts'
import { cleaned } from './foreign-thinking.ts'
import { wireName } from './name.ts'
import { isGiven } from './reading.ts'
import { writeConversation } from './turns.ts'
import {
  refuseInexpressible,
  stopSequencePaths,
  writeFormat,
  writeInference,
  writeMetadata,
  writeTier,
  writeTopK,
} from './write-settings.ts'
import { planThinking, thinkWithin } from './write-thinking.ts'
import { writeToolConfig } from './write-tools.ts'

type Sent = Record<string, JsonValue | undefined>

/** The caller's body as it came; only what belongs to the gateway is gone. The model and the form are in the path. */
const fromBody = (request: Request, given: JsonObject): Sent => {
  const body = request.foreignReasoning ? cleaned(given) : given
  const { requestMetadata } = body
  if (!isObject(requestMetadata) || requestMetadata.tollgate === undefined) return { ...body }
  const { tollgate: _, ...rest } = requestMetadata
  return { ...body, requestMetadata: Object.keys(rest).length > 0 ? rest : undefined }
}

/** An object with something in it. */
const filled = (object: JsonObject): JsonObject | undefined =>
  Object.values(object).some((value) => value !== undefined) ? object : undefined

/** The request from neutral words alone. */
const fromChat = (request: Request, target: Target): Sent => {
  refuseInexpressible(request)
  const { chat } = request
  const abilities = abilitiesOf(target)
  const { system, messages } = writeConversation(chat.messages, abilities, cachePointsOf(target))
  const { fields, effort, maxTokens } = planThinking({ request, target, abilities })
  return {
    messages,
    system: system.length > 0 ? system : undefined,
    inferenceConfig: writeInference(chat, maxTokens, abilities),
    toolConfig: writeToolConfig(chat, target, abilities),
    additionalModelRequestFields: filled({ ...fields, ...writeTopK(chat, target, abilities) }),
    additionalModelResponseFieldPaths: stopSequencePaths(chat, target),
    outputConfig: filled({ effort, textFormat: writeFormat(chat) }),
    serviceTier: writeTier(chat),
    requestMetadata: writeMetadata(chat),
  }
}

const asksForSchema = ({ outputConfig }: Sent): boolean => isObject(outputConfig) && isGiven(outputConfig.textFormat)

const cap = (sent: Sent, maxTokens: number): void => {
  sent.inferenceConfig = { ...(isObject(sent.inferenceConfig) ? sent.inferenceConfig : {}), maxTokens }
  const { additionalModelRequestFields: fields } = sent
  if (isObject(fields) && isObject(fields.thinking))
    sent.additionalModelRequestFields = { ...fields, thinking: thinkWithin(fields.thinking, maxTokens) }
}

/** Us → upstream. */
export const writeRequest = (request: Request, target: Target): string => {
  const own = request.wire === wireName && request.body !== undefined
  const sent = own ? fromBody(request, request.body as JsonObject) : fromChat(request, target)
  const { refuses = [], adds, schemaFormat } = target.quirks
  // Where a schema is not enforced it would be passed over, and the caller would trust an answer that was never checked.
  if (schemaFormat === false && asksForSchema(sent)) throw incapable('outputConfig.textFormat', target.id)
  for (const field of refuses) {
    if (!isGiven(sent[field])) continue
    // Without labels for the log the answer is the same.
    if (field !== 'requestMetadata') throw incapable(field, target.id)
    sent[field] = undefined
  }
  if (request.operation === 'count_tokens') return JSON.stringify(toBeCounted(sent))
  if (adds) Object.assign(sent, adds)
  // After everything else: what is held for an answer must cover it.
  if (request.outputCap !== undefined) cap(sent, request.outputCap)
  return JSON.stringify(sent)
}

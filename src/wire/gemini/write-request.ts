import { incapable } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Request } from '../../core/request.ts'
import type { Target } from '../../core/target.ts'
import { camelFields } from './fields.ts'
import { cleaned } from './foreign-thinking.ts'
import { familyOf } from './model-family.ts'
import { wireName } from './name.ts'
import { writeConversation } from './write-contents.ts'
import { refuseInexpressible, writeConfig, writeTier } from './write-settings.ts'
import { writeTools } from './write-tools.ts'

type Sent = Record<string, JsonValue | undefined>

const named = (model: string): string => (/^(?:models|tunedModels)\//.test(model) ? model : `models/${model}`)

/** The caller's body as it came; only where it names the model too, it is another one. */
const fromBody = (request: Request, given: JsonObject, target: Target): Sent => {
  const sent: Sent = { ...(request.foreignReasoning ? cleaned(given) : given) }
  if (sent.model !== undefined) sent.model = named(target.model)
  for (const key of ['generateContentRequest', 'generate_content_request']) {
    const inner = sent[key]
    if (isObject(inner)) sent[key] = { ...inner, model: named(target.model) }
  }
  return sent
}

/** The request from neutral words alone. */
const fromChat = (request: Request, target: Target): Sent => {
  refuseInexpressible(request)
  const { chat, wire, operation } = request
  const { instruction, contents } = writeConversation(
    chat.messages,
    wire !== wireName,
    familyOf(target.model).wantsProof,
  )
  const question: Sent = {
    contents,
    systemInstruction: instruction.length > 0 ? { parts: instruction } : undefined,
    ...writeTools(chat),
  }
  if (operation === 'chat')
    return { ...question, generationConfig: writeConfig(request, target), serviceTier: writeTier(chat.serviceTier) }
  // A count of bare contents takes nothing beside them.
  const more = question.systemInstruction ?? question.tools ?? question.toolConfig
  return more === undefined ? question : { generateContentRequest: { model: named(target.model), ...question } }
}

const configOf = (sent: Sent): JsonObject => (isObject(sent.generationConfig) ? sent.generationConfig : {})

const withhold = (sent: Sent, refuses: readonly string[], target: Target): void => {
  const config = configOf(sent)
  for (const field of refuses) {
    const value = sent[field] ?? config[field]
    if (value !== undefined && value !== null) throw incapable(field, target.id)
  }
}

const asksForSchema = (sent: Sent): boolean => {
  const { responseSchema, responseJsonSchema, _responseJsonSchema } = configOf(sent)
  return (responseSchema ?? responseJsonSchema ?? _responseJsonSchema ?? undefined) !== undefined
}

const add = (sent: Sent, adds: JsonObject): void => {
  const { generationConfig, ...rest } = adds
  Object.assign(sent, rest)
  if (isObject(generationConfig)) sent.generationConfig = { ...configOf(sent), ...generationConfig }
}

/** Names in one spelling, where the gateway must find or change something; else the caller's bytes pass as they are. */
const spelled = (sent: Sent): Sent => {
  const plain: Sent = { ...camelFields(sent, '') }
  if (isObject(plain.generationConfig)) plain.generationConfig = camelFields(plain.generationConfig, 'generationConfig')
  return plain
}

/** Us → upstream. The model and whether to stream stand in the address. */
export const writeRequest = (request: Request, target: Target): string => {
  const own = request.wire === wireName && request.body !== undefined
  const first = own ? fromBody(request, request.body as JsonObject, target) : fromChat(request, target)
  const { refuses, adds, schemaFormat } = target.quirks
  const { outputCap, operation } = request
  const touches = refuses ?? adds ?? (schemaFormat === false || undefined) ?? outputCap
  if (operation !== 'chat' || touches === undefined) return JSON.stringify(first)
  const sent = spelled(first)
  // Where a schema is not enforced it would be passed over, and the caller would trust an answer that was never checked.
  if (schemaFormat === false && asksForSchema(sent)) throw incapable('generationConfig.responseSchema', target.id)
  if (refuses) withhold(sent, refuses, target)
  if (adds) add(sent, adds)
  // After everything else: what is held for an answer must cover it.
  if (outputCap !== undefined) sent.generationConfig = { ...configOf(sent), maxOutputTokens: outputCap }
  return JSON.stringify(sent)
}

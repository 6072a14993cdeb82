import { openEnvelope } from '../../core/envelope.ts'
import { incapable } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Request } from '../../core/request.ts'
import type { Target } from '../../core/target.ts'
import { type Body, withoutOurs } from '../openai/body.ts'
import { wireName } from './name.ts'
import { writeInput } from './write-input.ts'
import { refuseForeignFiles, refuseInexpressible, writeFormat, writeShown, writeTools } from './write-settings.ts'

const isForeign = (item: JsonValue): boolean =>
  isObject(item) &&
  item.type === 'reasoning' &&
  typeof item.encrypted_content === 'string' &&
  openEnvelope(item.encrypted_content) !== undefined

/** The caller's own body with only those fields changed that must be: what we do not know passes as it came. */
const passOn = (given: JsonObject, request: Request, target: Target): Body => {
  const body: Body = { ...given, model: target.model }
  if ((given.stream === true) !== request.stream) body.stream = request.stream
  if (isObject(given.metadata)) body.metadata = withoutOurs(given.metadata)
  if (request.foreignReasoning && Array.isArray(given.input))
    body.input = given.input.filter((item: JsonValue) => !isForeign(item))
  return body
}

/**
 * Metadata of another language means something else there, and a provider refuses it unless it keeps the exchange.
 * Nobody who asks in another language expects the exchange to be kept.
 */
const writeRest = ({ chat, wire }: Request): Body => ({
  store: chat.store ?? (wire === wireName ? undefined : false),
  metadata: chat.metadata && (wire === wireName || chat.store) ? withoutOurs(chat.metadata) : undefined,
  service_tier: chat.serviceTier,
  user: chat.user,
  prompt_cache_key: chat.cacheKey,
})

/** A request from neutral words. Throws `incapable` for what this language has no words for. */
const fromChat = (request: Request, target: Target): Body => {
  refuseInexpressible(request)
  refuseForeignFiles(request)
  const { chat, stream } = request
  return {
    model: target.model,
    ...writeInput(request, target),
    stream: stream || undefined,
    ...writeTools(request),
    text: chat.format && writeFormat(chat.format),
    max_output_tokens: chat.maxOutput,
    temperature: chat.temperature,
    top_p: chat.topP,
    ...writeShown(request, target),
    ...writeRest(request),
  }
}

/** A target that does not take these loses nothing of the question. */
const hints: ReadonlySet<string> = new Set([
  ...['user', 'safety_identifier', 'metadata', 'prompt_cache_key', 'prompt_cache_retention', 'prompt_cache_options'],
])

const isHint = (field: string, value: JsonValue): boolean =>
  hints.has(field) || (field === 'store' && value === false) || (field === 'service_tier' && value === 'auto')

const refuseWhatItRefuses = (body: Body, { quirks, id }: Target): void => {
  const format = isObject(body.text) ? body.text.format : undefined
  if (quirks.schemaFormat === false && isObject(format) && format.type === 'json_schema')
    throw incapable('text.format', id)
  for (const field of quirks.refuses ?? []) {
    const value = body[field]
    if (value === undefined || value === null) continue
    if (!isHint(field, value)) throw incapable(field, id)
    body[field] = undefined
  }
}

/** The body that asks a target this. Throws `incapable` for what the language or the target cannot say. */
export const writeRequest = (request: Request, target: Target): string => {
  const own = request.wire === wireName ? request.body : undefined
  const body = own ? passOn(own, request, target) : fromChat(request, target)
  refuseWhatItRefuses(body, target)
  if (target.quirks.adds) Object.assign(body, target.quirks.adds)
  // After everything else: what is held for an answer must cover it.
  if (request.outputCap !== undefined) body.max_output_tokens = request.outputCap
  return JSON.stringify(body)
}

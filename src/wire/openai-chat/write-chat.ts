import { incapable } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Chat, Format, Request, Tool, ToolChoice } from '../../core/request.ts'
import type { Target } from '../../core/target.ts'
import { type Body, withoutOurs } from '../openai/body.ts'
import { wireName } from './name.ts'
import { writeMessages } from './write-messages.ts'
import { writeReasoning } from './write-reasoning.ts'

const writeTool = (tool: Tool): JsonObject => {
  const { name, description, parameters, strict, custom, hosted } = tool
  if (hosted) {
    if (hosted.wire !== wireName) throw incapable(`the hosted tool ${name}`, wireName)
    return hosted.value
  }
  if (custom) return { type: 'custom', custom: { name, description, format: custom } }
  return { type: 'function', function: { name, description, parameters, strict } }
}

const nameTool = (name: string, tools: readonly Tool[]): JsonObject =>
  tools.some((tool) => tool.name === name && tool.custom)
    ? { type: 'custom', custom: { name } }
    : { type: 'function', function: { name } }

const writeToolChoice = (choice: ToolChoice, tools: readonly Tool[]): JsonValue => {
  if (choice.kind === 'tool') return nameTool(choice.name, tools)
  if (choice.kind !== 'allowed') return choice.kind
  const allowed = choice.names.map((name) => nameTool(name, tools))
  return { type: 'allowed_tools', allowed_tools: { mode: choice.mode, tools: allowed } }
}

const writeFormat = (format: Format): JsonObject => {
  if (format.kind === 'text') return { type: 'text' }
  if (format.kind === 'json') return { type: 'json_object' }
  const { name, description, schema, strict } = format
  return { type: 'json_schema', json_schema: { name, description, schema, strict } }
}

const writeSampling = (chat: Chat): Body => ({
  n: chat.choices,
  temperature: chat.temperature,
  top_p: chat.topP,
  seed: chat.seed,
  frequency_penalty: chat.frequencyPenalty,
  presence_penalty: chat.presencePenalty,
  stop: chat.stop.length > 0 ? chat.stop : undefined,
  logit_bias: chat.logitBias,
  logprobs: chat.logProbs && true,
  top_logprobs: chat.logProbs && chat.logProbs.top > 0 ? chat.logProbs.top : undefined,
})

/**
 * Metadata of another language means something else there (Anthropic's names the user), and OpenAI refuses it unless it
 * stores.
 */
const writeMetadata = ({ wire, chat }: Request): JsonObject | undefined =>
  chat.metadata && (wire === wireName || chat.store) ? withoutOurs(chat.metadata) : undefined

const writeRest = (request: Request): Body => {
  const { chat } = request
  return {
    service_tier: chat.serviceTier,
    user: chat.user,
    metadata: writeMetadata(request),
    store: chat.store,
    modalities: chat.modalities,
    audio: chat.audio,
    prompt_cache_key: chat.cacheKey,
  }
}

/** A file is kept by the provider it was given to: another one does not know it, or knows another by that name. */
const refuseForeignFiles = ({ wire, chat }: Request): void => {
  if (wire === wireName) return
  for (const { parts } of chat.messages) {
    for (const part of parts) {
      if (part.kind !== 'file' && part.kind !== 'audio') continue
      if (part.source.kind === 'id') throw incapable(`the file ${part.source.id} of another provider`, wireName)
    }
  }
}

/** A request from neutral words. Throws `incapable` for what this language has no words for. */
export const writeChat = (request: Request, target: Target): Body => {
  const { chat, stream } = request
  const [other] = request.untranslatable
  if (other !== undefined) throw incapable(other, wireName)
  if (chat.topK !== undefined) throw incapable('top_k', wireName)
  refuseForeignFiles(request)
  return {
    model: target.model,
    messages: writeMessages(chat.messages, target),
    stream: stream || undefined,
    stream_options: stream && target.quirks.streamUsage !== false ? { include_usage: true } : undefined,
    tools: chat.tools.length > 0 ? chat.tools.map(writeTool) : undefined,
    tool_choice: chat.toolChoice && writeToolChoice(chat.toolChoice, chat.tools),
    parallel_tool_calls: chat.parallelTools,
    response_format: chat.format && writeFormat(chat.format),
    [target.quirks.maxOutputField ?? 'max_completion_tokens']: chat.maxOutput,
    ...writeSampling(chat),
    ...writeReasoning(chat.reasoning, target),
    ...writeRest(request),
  }
}

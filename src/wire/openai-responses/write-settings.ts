import { incapable } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Chat, Format, ReasoningRequest, Request, Tool, ToolChoice } from '../../core/request.ts'
import type { Target } from '../../core/target.ts'
import { wireName } from './name.ts'

type Written = Record<string, JsonValue | undefined>

/** Here a function is strict unless it says otherwise; in other languages it is not. */
const writeTool = (tool: Tool, foreign: boolean): JsonObject => {
  const { name, description, parameters, strict, custom, hosted } = tool
  if (hosted) {
    if (hosted.wire !== wireName) throw incapable(`the hosted tool ${name}`, wireName)
    return hosted.value
  }
  if (custom) return { type: 'custom', name, description, format: custom }
  return {
    type: 'function',
    name,
    description,
    parameters: parameters ?? (foreign ? { type: 'object', properties: {} } : null),
    strict: strict ?? (foreign ? false : undefined),
  }
}

const nameTool = (name: string, tools: readonly Tool[]): JsonObject => ({
  type: tools.some((tool) => tool.name === name && tool.custom) ? 'custom' : 'function',
  name,
})

const writeChoice = (choice: ToolChoice, tools: readonly Tool[]): JsonValue => {
  if (choice.kind === 'tool') return nameTool(choice.name, tools)
  if (choice.kind !== 'allowed') return choice.kind
  return { type: 'allowed_tools', mode: choice.mode, tools: choice.names.map((name) => nameTool(name, tools)) }
}

/** The tools and how they may be used. */
export const writeTools = ({ chat, wire }: Request): Written => ({
  tools: chat.tools.length > 0 ? chat.tools.map((tool) => writeTool(tool, wire !== wireName)) : undefined,
  tool_choice: chat.toolChoice && writeChoice(chat.toolChoice, chat.tools),
  parallel_tool_calls: chat.parallelTools,
})

/** The format of the answer. */
export const writeFormat = (format: Format): JsonObject => {
  if (format.kind === 'text') return { format: { type: 'text' } }
  if (format.kind === 'json') return { format: { type: 'json_object' } }
  const { name, description, schema, strict } = format
  return { format: { type: 'json_schema', name, description, schema, strict } }
}

/** The language has words for effort only; a budget is told as the effort that usually spends about as much. */
const effortForBudget = (budget: number): string => (budget <= 2_048 ? 'low' : budget <= 8_192 ? 'medium' : 'high')

const effortOf = ({ mode, effort, budget }: ReasoningRequest, { facts }: Target): string | undefined => {
  if (effort) return effort
  // A model that cannot think refuses the field itself, and not thinking is what was asked.
  if (mode === 'off') return facts?.lacks.includes('reasoning') ? undefined : 'none'
  return budget === undefined ? undefined : effortForBudget(budget)
}

/** Languages that ask for thinking by itself show it unless told otherwise. */
const isShown = ({ mode, show }: ReasoningRequest): boolean => show ?? (mode === 'on' || mode === 'adaptive')

/** A target that cannot be asked to think: not thinking is what it does anyway. */
const withoutThinking = ({ mode, effort, budget }: ReasoningRequest, target: Target): undefined => {
  const asks = mode === 'on' || budget !== undefined || (effort !== undefined && effort !== 'none')
  if (asks && mode !== 'off') throw incapable('reasoning', target.id)
}

const writeReasoning = (wish: ReasoningRequest, target: Target): JsonObject | undefined => {
  if (target.quirks.reasoningRequest === 'none') return withoutThinking(wish, target)
  const effort = effortOf(wish, target)
  const summary = isShown(wish) ? 'auto' : undefined
  return effort === undefined && summary === undefined ? undefined : { effort, summary }
}

const thinks = ({ facts }: Target, { reasoning, messages }: Chat): boolean => {
  if (facts) return !facts.lacks.includes('reasoning')
  if (reasoning) return reasoning.mode !== 'off' && reasoning.effort !== 'none'
  return messages.some(({ parts }) => parts.some((part) => part.kind === 'reasoning' && part.origin === wireName))
}

/** Thinking must come back to its maker, who keeps nothing: so it is asked for encrypted, of models that think. */
const writeIncluded = ({ chat, wire }: Request, target: Target): string[] => [
  ...(wire !== wireName && thinks(target, chat) ? ['reasoning.encrypted_content'] : []),
  ...(chat.logProbs ? ['message.output_text.logprobs'] : []),
]

/** Thinking, and what is shown of it and of the probabilities. */
export const writeShown = (request: Request, target: Target): Written => {
  const { chat } = request
  const include = writeIncluded(request, target)
  return {
    reasoning: chat.reasoning && writeReasoning(chat.reasoning, target),
    include: include.length > 0 ? include : undefined,
    top_logprobs: chat.logProbs && chat.logProbs.top > 0 ? chat.logProbs.top : undefined,
  }
}

/** What this language has no words for; a value that changes nothing is not missed. */
export const refuseInexpressible = ({ chat, untranslatable }: Request): void => {
  const [other] = untranslatable
  if (other !== undefined) throw incapable(other, wireName)
  if (chat.stop.length > 0) throw incapable('stop', wireName)
  if ((chat.choices ?? 1) > 1) throw incapable('n', wireName)
  if (chat.topK !== undefined) throw incapable('top_k', wireName)
  if (chat.seed !== undefined) throw incapable('seed', wireName)
  if (chat.frequencyPenalty) throw incapable('frequency_penalty', wireName)
  if (chat.presencePenalty) throw incapable('presence_penalty', wireName)
  if (chat.logitBias && Object.keys(chat.logitBias).length > 0) throw incapable('logit_bias', wireName)
  if (chat.audio) throw incapable('audio', wireName)
  if (chat.modalities?.some((modality) => modality !== 'text')) throw incapable('modalities', wireName)
}

/** A file is kept by the provider it was given to: another one does not know it, or knows another by that name. */
export const refuseForeignFiles = ({ wire, chat }: Request): void => {
  if (wire === wireName) return
  for (const { parts } of chat.messages) {
    for (const part of parts) {
      if (part.kind !== 'file' && part.kind !== 'image' && part.kind !== 'audio') continue
      if (part.source.kind === 'id') throw incapable(`the file ${part.source.id} of another provider`, wireName)
    }
  }
}

import type { LanguageModelV4CallOptions, LanguageModelV4FunctionTool } from '@ai-sdk/provider'
import { incapable } from '../../core/errors.ts'
import type { Chat, ReasoningRequest, Request, Tool, ToolChoice } from '../../core/request.ts'
import { marked, promptOf, type Reader } from './prompt.ts'

/** What can be asked elsewhere and not here, by the name callers know. Values that change nothing are fine. */
const inexpressible: readonly (readonly [name: string, asked: (chat: Chat) => boolean])[] = [
  ['n', ({ choices }) => choices !== undefined && choices > 1],
  ['logprobs', ({ logProbs }) => logProbs !== undefined],
  ['logit_bias', ({ logitBias }) => logitBias !== undefined && Object.keys(logitBias).length > 0],
  ['audio', ({ audio }) => audio !== undefined],
  ['modalities', ({ modalities }) => modalities?.some((modality) => modality !== 'text') ?? false],
  ['store', ({ store }) => store === true],
  ['service_tier', ({ serviceTier }) => serviceTier !== undefined && serviceTier !== 'auto'],
  ['parallel_tool_calls', ({ parallelTools, tools }) => parallelTools === false && tools.length > 0],
]

const refuse = ({ chat, untranslatable }: Request, target: string): void => {
  const [lost] = untranslatable
  if (lost !== undefined) throw incapable(lost, target)
  for (const [name, asked] of inexpressible) if (asked(chat)) throw incapable(name, target)
}

type Choice = Pick<LanguageModelV4CallOptions, 'tools' | 'toolChoice'>

const toolOf = (tool: Tool, target: string): LanguageModelV4FunctionTool => {
  if (tool.custom) throw incapable('custom tools', target)
  if (tool.hosted) throw incapable(`the hosted tool ${tool.name}`, target)
  return {
    type: 'function',
    name: tool.name,
    description: tool.description,
    inputSchema: (tool.parameters ?? { type: 'object', properties: {} }) as LanguageModelV4FunctionTool['inputSchema'],
    ...(tool.strict === undefined ? {} : { strict: tool.strict }),
    ...marked(tool.cache),
  }
}

const choiceOf = (choice: ToolChoice | undefined): LanguageModelV4CallOptions['toolChoice'] => {
  if (choice === undefined) return undefined
  if (choice.kind === 'tool') return { type: 'tool', toolName: choice.name }
  return { type: choice.kind === 'allowed' ? choice.mode : choice.kind }
}

/** Only some tools allowed means that the others are not told of. */
const toolsOf = ({ tools, toolChoice }: Chat, target: string): Choice => {
  if (tools.length === 0) return {}
  const allowed = toolChoice?.kind === 'allowed' ? new Set(toolChoice.names) : undefined
  const told = allowed ? tools.filter(({ name }) => allowed.has(name)) : tools
  return { tools: told.map((tool) => toolOf(tool, target)), toolChoice: choiceOf(toolChoice) }
}

/** A budget is told as the effort that usually spends about as much. */
const effortForBudget = (budget: number): 'low' | 'medium' | 'high' =>
  budget <= 2_048 ? 'low' : budget <= 8_192 ? 'medium' : 'high'

const reasoningOf = (asked: ReasoningRequest | undefined): LanguageModelV4CallOptions['reasoning'] => {
  if (asked === undefined) return undefined
  if (asked.effort !== undefined) return asked.effort
  if (asked.mode === 'off') return 'none'
  if (asked.budget !== undefined) return effortForBudget(asked.budget)
  return asked.mode === 'on' ? 'medium' : undefined
}

const formatOf = ({ format }: Chat): LanguageModelV4CallOptions['responseFormat'] => {
  if (format === undefined || format.kind === 'text') return undefined
  if (format.kind === 'json') return { type: 'json' }
  const { schema, name, description } = format
  type Schema = Extract<LanguageModelV4CallOptions['responseFormat'], { type: 'json' }>['schema']
  return { type: 'json', schema: schema as Schema, name, description }
}

/** A request as a call of a model of the AI SDK. Throws `incapable` for what has no words there. */
export const callOptionsOf = (request: Request, reader: Reader): LanguageModelV4CallOptions => {
  refuse(request, reader.target)
  const { chat } = request
  return {
    prompt: promptOf(chat, reader),
    ...toolsOf(chat, reader.target),
    maxOutputTokens: chat.maxOutput,
    temperature: chat.temperature,
    topP: chat.topP,
    topK: chat.topK,
    frequencyPenalty: chat.frequencyPenalty,
    presencePenalty: chat.presencePenalty,
    seed: chat.seed,
    stopSequences: chat.stop.length > 0 ? [...chat.stop] : undefined,
    responseFormat: formatOf(chat),
    reasoning: reasoningOf(chat.reasoning),
  }
}

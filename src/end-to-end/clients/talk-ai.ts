import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogle } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { generateText, jsonSchema, type LanguageModel, type ModelMessage, streamText, type ToolSet, tool } from 'ai'
import type { Cell, ClientName } from './cell.ts'
import type { Heard, OfferedTool, Talk, UserPart, Wishes } from './talk.ts'

// Its warnings say which wishes a provider has no word for; they are no part of an answer.
globalThis.AI_SDK_LOG_WARNINGS = false

/** The AI SDK's client for a language: Responses is OpenAI's other one. */
type AiClient = ClientName | 'ai-responses' | 'ai-google'

/** A model of the AI SDK behind the gateway, through its provider for OpenAI (chat or Responses), Anthropic or Google. */
export const aiModel = (client: AiClient, url: string, model: string, apiKey = 'sk-caller'): LanguageModel => {
  const baseURL = `${url}/v1`
  if (client === 'ai-google') return createGoogle({ baseURL: `${url}/v1beta`, apiKey })(model)
  if (client === 'ai-responses') return createOpenAI({ baseURL, apiKey }).responses(model)
  return client === 'ai-openai'
    ? createOpenAI({ baseURL, apiKey }).chat(model)
    : createAnthropic({ baseURL, apiKey })(model)
}

type Content = Exclude<Extract<ModelMessage, { role: 'user' }>['content'], string>[number]

const partOf = (part: UserPart): Content => {
  if (part.kind === 'text') return { type: 'text', text: part.text }
  if (part.kind === 'document') {
    return { type: 'file', data: part.base64, mediaType: part.mediaType, filename: part.name }
  }
  const [, mediaType, data] = /^data:([^;]+);base64,(.*)$/.exec(part.url) ?? []
  return mediaType === undefined || data === undefined
    ? { type: 'file', data: new URL(part.url), mediaType: 'image' }
    : { type: 'file', data, mediaType }
}

const toolsOf = (tools: readonly OfferedTool[] | undefined): ToolSet | undefined =>
  tools &&
  Object.fromEntries(
    tools.map(({ name, description, parameters }) => [
      name,
      tool({ description, inputSchema: jsonSchema(parameters as Parameters<typeof jsonSchema>[0]) }),
    ]),
  )

const optionsOf = ({ thinks, parallel }: Wishes, client: AiClient) => ({
  openai: {
    // Otherwise earlier turns are only referred to, for a provider that keeps them.
    ...(client === 'ai-responses' ? { store: false } : {}),
    ...(thinks ? { reasoningEffort: 'low', forceReasoning: true } : {}),
    ...(thinks && client === 'ai-responses' ? { reasoningSummary: 'auto' } : {}),
    ...(parallel === undefined ? {} : { parallelToolCalls: parallel }),
  },
  google: thinks ? { thinkingConfig: { includeThoughts: true, thinkingBudget: 2048 } } : {},
  anthropic: {
    ...(thinks ? { thinking: { type: 'enabled', budgetTokens: 2048 } } : {}),
    ...(parallel === undefined ? {} : { disableParallelToolUse: !parallel }),
  },
})

/** What the wishes are called here. */
const settingsOf = (wishes: Wishes, model: LanguageModel, messages: readonly ModelMessage[]) => ({
  model,
  messages: [...messages],
  maxRetries: 0,
  instructions: wishes.system,
  tools: toolsOf(wishes.tools),
  toolChoice:
    typeof wishes.choice === 'object' ? { type: 'tool' as const, toolName: wishes.choice.tool } : wishes.choice,
  stopSequences: wishes.stop && [...wishes.stop],
  maxOutputTokens: wishes.maxOutput,
  abortSignal: wishes.signal,
})

/** The last step of a stream; its errors are thrown, which the SDK by itself only tells a callback. */
const streamed = async (settings: ReturnType<typeof settingsOf>) => {
  let failure: unknown
  const result = streamText({
    ...settings,
    onError: ({ error }) => {
      failure ??= error
    },
  })
  for await (const part of result.stream) if (part.type === 'error') failure ??= part.error
  if (failure !== undefined) throw failure
  return result.finalStep
}

type Step = Awaited<ReturnType<typeof streamed>>

const heardOf = (step: Step): Heard => {
  const { usage } = step
  return {
    text: step.text,
    thinking: step.reasoningText ?? '',
    calls: step.toolCalls.map(({ toolCallId, toolName, input }) => ({ id: toolCallId, name: toolName, input })),
    finish: step.finishReason,
    usage: {
      read: usage.inputTokens,
      fromCache: usage.inputTokenDetails.cacheReadTokens,
      toCache: usage.inputTokenDetails.cacheWriteTokens,
      said: usage.outputTokens,
      thought: usage.outputTokenDetails.reasoningTokens,
    },
    native: step,
  }
}

/** A conversation in the AI SDK: the messages it makes of an answer go back as they are. */
export const talkAi = (cell: Pick<Cell, 'url' | 'model' | 'form'> & { readonly client: AiClient }): Talk => {
  const history: ModelMessage[] = []

  const ask = async (wishes: Wishes): Promise<Heard> => {
    const model = aiModel(cell.client, cell.url, wishes.model ?? cell.model)
    const settings = { ...settingsOf(wishes, model, history), providerOptions: optionsOf(wishes, cell.client) }
    const step = cell.form === 'whole' ? (await generateText(settings)).finalStep : await streamed(settings)
    history.push(...step.response.messages)
    return heardOf(step)
  }

  return {
    say: (what, wishes = {}) => {
      history.push({ role: 'user', content: typeof what === 'string' ? what : what.map(partOf) })
      return ask(wishes)
    },
    giveResults: (results, wishes = {}) => {
      const content = results.map(({ call, text }) => ({
        type: 'tool-result' as const,
        toolCallId: call.id,
        toolName: call.name,
        output: { type: 'text' as const, value: text },
      }))
      history.push({ role: 'tool', content })
      return ask(wishes)
    },
  }
}

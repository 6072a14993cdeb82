import Anthropic from '@anthropic-ai/sdk'
import type {
  ContentBlockParam,
  Message,
  MessageCreateParamsNonStreaming,
  MessageParam,
  ToolChoice,
} from '@anthropic-ai/sdk/resources/messages'
import type { Cell } from './cell.ts'
import type { Heard, OfferedTool, Talk, UserPart, Wishes } from './talk.ts'

/** Anthropic's client, pointed at the gateway and otherwise as it comes, save that it asks once. */
export const anthropicClient = (url: string, more: { apiKey?: string; maxRetries?: number } = {}): Anthropic =>
  new Anthropic({ baseURL: url, apiKey: 'sk-caller', authToken: null, maxRetries: 0, ...more })

type ImageType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp'

const imageOf = (url: string): ContentBlockParam => {
  const [, mediaType, data] = /^data:([^;]+);base64,(.*)$/.exec(url) ?? []
  if (mediaType === undefined || data === undefined) return { type: 'image', source: { type: 'url', url } }
  return { type: 'image', source: { type: 'base64', media_type: mediaType as ImageType, data } }
}

const blockOf = (part: UserPart): ContentBlockParam => {
  if (part.kind === 'text') return { type: 'text', text: part.text }
  if (part.kind === 'image') return imageOf(part.url)
  const source =
    part.mediaType === 'application/pdf'
      ? ({ type: 'base64', media_type: 'application/pdf', data: part.base64 } as const)
      : ({ type: 'text', media_type: 'text/plain', data: Buffer.from(part.base64, 'base64').toString('utf8') } as const)
  return { type: 'document', title: part.name, source }
}

const choiceOf = ({ choice, parallel }: Wishes): ToolChoice | undefined => {
  const disable_parallel_tool_use = parallel === undefined ? undefined : !parallel
  if (choice === undefined) return parallel === undefined ? undefined : { type: 'auto', disable_parallel_tool_use }
  if (typeof choice === 'object') return { type: 'tool', name: choice.tool, disable_parallel_tool_use }
  if (choice === 'none') return { type: 'none' }
  return { type: choice === 'required' ? 'any' : 'auto', disable_parallel_tool_use }
}

const toolOf = ({ name, description, parameters }: OfferedTool) => ({
  name,
  description,
  input_schema: { ...parameters, type: 'object' as const },
})

/** What the wishes are called here. */
const paramsOf = (
  wishes: Wishes,
  model: string,
  messages: readonly MessageParam[],
): MessageCreateParamsNonStreaming => ({
  model,
  messages: [...messages],
  max_tokens: wishes.maxOutput ?? 4096,
  system: wishes.system,
  tools: wishes.tools?.map(toolOf),
  tool_choice: choiceOf(wishes),
  stop_sequences: wishes.stop && [...wishes.stop],
  thinking: wishes.thinks ? { type: 'enabled', budget_tokens: 2048 } : undefined,
})

const heardOf = (message: Message): Heard => {
  const { usage } = message
  const cached = usage.cache_read_input_tokens ?? 0
  const written = usage.cache_creation_input_tokens ?? 0
  return {
    text: message.content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    thinking: message.content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
    calls: message.content.flatMap((block) =>
      block.type === 'tool_use'
        ? [{ id: block.id, name: block.name, input: JSON.parse(JSON.stringify(block.input)) }]
        : [],
    ),
    finish: message.stop_reason ?? '',
    usage: {
      read: usage.input_tokens + cached + written,
      fromCache: cached,
      toCache: written,
      said: usage.output_tokens,
      thought: usage.output_tokens_details?.thinking_tokens,
    },
    native: message,
  }
}

/** A conversation in Anthropic's client: the assistant's blocks go back as they came. */
export const talkAnthropic = (cell: Pick<Cell, 'url' | 'model' | 'form'>): Talk => {
  const client = anthropicClient(cell.url)
  const history: MessageParam[] = []

  const ask = async (wishes: Wishes): Promise<Heard> => {
    const params = paramsOf(wishes, wishes.model ?? cell.model, history)
    const options = { signal: wishes.signal }
    const message =
      cell.form === 'whole'
        ? await client.messages.create(params, options)
        : await client.messages.stream(params, options).finalMessage()
    history.push({ role: 'assistant', content: message.content })
    return heardOf(message)
  }

  return {
    say: (what, wishes = {}) => {
      history.push({ role: 'user', content: typeof what === 'string' ? what : what.map(blockOf) })
      return ask(wishes)
    },
    giveResults: (results, wishes = {}) => {
      const content = results.map(
        ({ call, text }): ContentBlockParam => ({
          type: 'tool_result',
          tool_use_id: call.id,
          content: text,
        }),
      )
      history.push({ role: 'user', content })
      return ask(wishes)
    },
  }
}

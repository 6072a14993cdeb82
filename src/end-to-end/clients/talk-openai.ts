import OpenAI from 'openai'
import type { ChatCompletionStream } from 'openai/lib/ChatCompletionStream'
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionContentPart,
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionMessage,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions'
import type { Cell } from './cell.ts'
import type { Heard, Talk, UserPart, Wishes } from './talk.ts'

/** OpenAI's client, pointed at the gateway and otherwise as it comes, save that it asks once. */
export const openaiClient = (url: string, more: { apiKey?: string; maxRetries?: number } = {}): OpenAI =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: 'sk-caller', maxRetries: 0, ...more })

const partOf = (part: UserPart): ChatCompletionContentPart => {
  if (part.kind === 'text') return { type: 'text', text: part.text }
  if (part.kind === 'image') return { type: 'image_url', image_url: { url: part.url } }
  const file_data = `data:${part.mediaType};base64,${part.base64}`
  return { type: 'file', file: { filename: part.name, file_data } }
}

type Params = Omit<ChatCompletionCreateParamsNonStreaming, 'stream'>

const choiceOf = (choice: Wishes['choice']): Params['tool_choice'] =>
  typeof choice === 'object' ? { type: 'function', function: { name: choice.tool } } : choice

/** What the wishes are called here. */
const paramsOf = (wishes: Wishes, model: string, messages: readonly ChatCompletionMessageParam[]): Params => {
  const { system, tools, choice, parallel, stop, maxOutput, thinks } = wishes
  return {
    model,
    messages: system === undefined ? [...messages] : [{ role: 'system', content: system }, ...messages],
    tools: tools?.map((tool) => ({ type: 'function', function: { ...tool, parameters: { ...tool.parameters } } })),
    tool_choice: choiceOf(choice),
    parallel_tool_calls: parallel,
    stop: stop && [...stop],
    max_completion_tokens: maxOutput,
    reasoning_effort: thinks ? 'low' : undefined,
  }
}

/** Compatible providers show thinking beside the content, in fields that the client's types do not know. */
interface Thinking {
  reasoning_content?: string
  reasoning?: string
  reasoning_details?: readonly unknown[]
}

/**
 * The whole answer of a stream. The client's helper joins only fields it knows: thinking is joined here, as providers
 * tell their users to.
 */
const joined = async (stream: ChatCompletionStream): Promise<ChatCompletion> => {
  const thinking: Thinking = {}
  stream.on('chunk', ({ choices: [choice] }) => {
    const delta: Thinking & ChatCompletionChunk.Choice.Delta = choice?.delta ?? {}
    for (const field of ['reasoning_content', 'reasoning'] as const)
      if (delta[field] !== undefined) thinking[field] = (thinking[field] ?? '') + delta[field]
    if (delta.reasoning_details)
      thinking.reasoning_details = [...(thinking.reasoning_details ?? []), ...delta.reasoning_details]
  })
  const completion = await stream.finalChatCompletion()
  if (completion.choices[0]) Object.assign(completion.choices[0].message, thinking)
  return completion
}

const heardOf = (completion: ChatCompletion): Heard => {
  const [choice] = completion.choices
  if (!choice) throw new Error('The completion has no choice.')
  const message: ChatCompletionMessage & Thinking = choice.message
  const { usage } = completion
  return {
    text: message.content ?? '',
    thinking: message.reasoning_content ?? message.reasoning ?? '',
    calls: (message.tool_calls ?? []).map((call) => {
      if (call.type !== 'function') throw new Error(`A call is of type ${call.type}.`)
      return { id: call.id, name: call.function.name, input: JSON.parse(call.function.arguments) }
    }),
    finish: choice.finish_reason,
    usage: {
      read: usage?.prompt_tokens,
      fromCache: usage?.prompt_tokens_details?.cached_tokens,
      toCache: usage?.prompt_tokens_details?.cache_write_tokens,
      said: usage?.completion_tokens,
      thought: usage?.completion_tokens_details?.reasoning_tokens,
    },
    native: completion,
  }
}

/** A conversation in OpenAI's client: the assistant's message goes back as it came. */
export const talkOpenai = (cell: Pick<Cell, 'url' | 'model' | 'form'>): Talk => {
  const client = openaiClient(cell.url)
  const history: ChatCompletionMessageParam[] = []

  const ask = async (wishes: Wishes): Promise<Heard> => {
    const params = paramsOf(wishes, wishes.model ?? cell.model, history)
    const options = { signal: wishes.signal }
    const completion =
      cell.form === 'whole'
        ? await client.chat.completions.create(params, options)
        : await joined(client.chat.completions.stream({ ...params, stream_options: { include_usage: true } }, options))
    const message = completion.choices[0]?.message
    if (message) history.push(message)
    return heardOf(completion)
  }

  return {
    say: (what, wishes = {}) => {
      history.push({ role: 'user', content: typeof what === 'string' ? what : what.map(partOf) })
      return ask(wishes)
    },
    giveResults: (results, wishes = {}) => {
      for (const { call, text } of results) history.push({ role: 'tool', tool_call_id: call.id, content: text })
      return ask(wishes)
    },
  }
}

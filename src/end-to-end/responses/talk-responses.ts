import type {
  Response,
  ResponseCreateParamsNonStreaming,
  ResponseInputContent,
  ResponseInputItem,
} from 'openai/resources/responses/responses'
import type { Cell } from '../clients/cell.ts'
import type { Heard, Talk, UserPart, Wishes } from '../clients/talk.ts'
import { openaiClient } from '../clients/talk-openai.ts'

const partOf = (part: UserPart): ResponseInputContent => {
  if (part.kind === 'text') return { type: 'input_text', text: part.text }
  if (part.kind === 'image') return { type: 'input_image', image_url: part.url, detail: 'auto' }
  return { type: 'input_file', filename: part.name, file_data: `data:${part.mediaType};base64,${part.base64}` }
}

type Params = Omit<ResponseCreateParamsNonStreaming, 'stream'>

const choiceOf = (choice: Wishes['choice']): Params['tool_choice'] =>
  typeof choice === 'object' ? { type: 'function', name: choice.tool } : choice

/** What the wishes are called here. */
const paramsOf = (wishes: Wishes, model: string, input: readonly ResponseInputItem[]): Params => ({
  model,
  input: [...input],
  instructions: wishes.system,
  tools: wishes.tools?.map((tool) => ({
    type: 'function',
    ...tool,
    parameters: { ...tool.parameters },
    strict: false,
  })),
  tool_choice: choiceOf(wishes.choice),
  parallel_tool_calls: wishes.parallel,
  max_output_tokens: wishes.maxOutput,
  reasoning: wishes.thinks ? { effort: 'low', summary: 'auto' } : undefined,
  store: false,
  include: ['reasoning.encrypted_content'],
})

const thinkingOf = ({ output }: Response): string =>
  output.map((item) => (item.type === 'reasoning' ? item.summary.map(({ text }) => text).join('') : '')).join('')

const heardOf = (response: Response): Heard => {
  const { usage } = response
  return {
    text: response.output_text,
    thinking: thinkingOf(response),
    calls: response.output.flatMap((item) =>
      item.type === 'function_call' ? [{ id: item.call_id, name: item.name, input: JSON.parse(item.arguments) }] : [],
    ),
    finish: response.incomplete_details?.reason ?? response.status ?? '',
    usage: {
      read: usage?.input_tokens,
      fromCache: usage?.input_tokens_details?.cached_tokens,
      toCache: usage?.input_tokens_details?.cache_write_tokens,
      said: usage?.output_tokens,
      thought: usage?.output_tokens_details?.reasoning_tokens,
    },
    native: response,
  }
}

/** A conversation in OpenAI's client by its Responses: the output goes back as it came. */
export const talkResponses = (cell: Pick<Cell, 'url' | 'model' | 'form'>): Talk => {
  const { responses } = openaiClient(cell.url)
  const history: ResponseInputItem[] = []

  const ask = async (wishes: Wishes): Promise<Heard> => {
    const params = paramsOf(wishes, wishes.model ?? cell.model, history)
    const options = { signal: wishes.signal }
    const response =
      cell.form === 'whole'
        ? await responses.create(params, options)
        : await responses.stream(params, options).finalResponse()
    history.push(...(response.output as ResponseInputItem[]))
    return heardOf(response)
  }

  return {
    say: (what, wishes = {}) => {
      history.push({ role: 'user', content: typeof what === 'string' ? what : what.map(partOf) })
      return ask(wishes)
    },
    giveResults: (results, wishes = {}) => {
      for (const { call, text } of results)
        history.push({ type: 'function_call_output', call_id: call.id, output: text })
      return ask(wishes)
    },
  }
}

import { streamText } from 'ai'
import type { Cell } from './cell.ts'
import { aiModel } from './talk-ai.ts'
import { anthropicClient } from './talk-anthropic.ts'
import { openaiClient } from './talk-openai.ts'

type Place = Pick<Cell, 'client' | 'url' | 'model'>

const messages = [{ role: 'user' as const, content: 'Go on.' }]

async function* ofOpenai({ url, model }: Place, signal: AbortSignal | undefined): AsyncGenerator<string> {
  const stream = await openaiClient(url).chat.completions.create({ model, messages, stream: true }, { signal })
  for await (const { choices } of stream) if (choices[0]?.delta.content) yield choices[0].delta.content
}

async function* ofAnthropic({ url, model }: Place, signal: AbortSignal | undefined): AsyncGenerator<string> {
  const params = { model, messages, max_tokens: 100, stream: true as const }
  for await (const event of await anthropicClient(url).messages.create(params, { signal }))
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') yield event.delta.text
}

async function* ofAi({ client, url, model }: Place, abortSignal: AbortSignal | undefined): AsyncGenerator<string> {
  const { stream } = streamText({
    model: aiModel(client, url, model),
    messages,
    maxRetries: 0,
    abortSignal,
    // It tells errors in the stream as well, and by itself would print them.
    onError: () => {},
  })
  for await (const part of stream) {
    if (part.type === 'error') throw part.error
    if (part.type === 'text-delta') yield part.text
  }
}

const listeners = { openai: ofOpenai, anthropic: ofAnthropic, 'ai-openai': ofAi, 'ai-anthropic': ofAi } as const

/** The pieces of a streamed text as a client's lowest door gives them, without its helpers that join them. */
export const listen = (place: Place, signal?: AbortSignal): AsyncGenerator<string> =>
  listeners[place.client](place, signal)

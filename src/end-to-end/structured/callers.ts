import { createOpenAI } from '@ai-sdk/openai'
import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import { generateText, jsonSchema, Output, streamText } from 'ai'
import OpenAI from 'openai'
import { invoice } from './rig.ts'

/** Asks for the invoice by an official client as its makers mean it, and gives what it read. Rejects as the client does. */
export type Caller = (url: string, streams: boolean) => Promise<unknown>

const content = 'What does it cost?'
const schema = invoice as unknown as Record<string, unknown>

const openai = (url: string): OpenAI => new OpenAI({ apiKey: 'sk-caller', baseURL: `${url}/v1`, maxRetries: 0 })

const format = { type: 'json_schema', json_schema: { name: 'invoice', schema, strict: true } } as const

/** Every official client that can ask for a schema. */
export const callers: Readonly<Record<string, Caller>> = {
  'openai chat': async (url, streams) => {
    const { completions } = openai(url).chat
    const params = { model: 'chat', messages: [{ role: 'user' as const, content }], response_format: format }
    const answer = streams ? await completions.stream(params).finalChatCompletion() : await completions.parse(params)
    return answer.choices[0]?.message.parsed ?? JSON.parse(answer.choices[0]?.message.content ?? '')
  },
  'openai responses': async (url, streams) => {
    const { responses } = openai(url)
    const text = { format: { type: 'json_schema' as const, name: 'invoice', schema, strict: true } }
    const params = { model: 'chat', input: content, text, store: false }
    const answer = streams ? await responses.stream(params).finalResponse() : await responses.parse(params)
    return JSON.parse(answer.output_text)
  },
  anthropic: async (url, streams) => {
    const { messages } = new Anthropic({ apiKey: 'sk-caller', baseURL: url, maxRetries: 0 })
    const params = {
      model: 'chat',
      max_tokens: 500,
      messages: [{ role: 'user' as const, content }],
      output_config: { format: { type: 'json_schema' as const, schema } },
    }
    const answer = streams ? await messages.stream(params).finalMessage() : await messages.create(params)
    const [block] = answer.content
    return JSON.parse(block?.type === 'text' ? block.text : '')
  },
  google: async (url, streams) => {
    const { models } = new GoogleGenAI({ apiKey: 'sk-caller', httpOptions: { baseUrl: url } })
    const params = {
      model: 'chat',
      contents: content,
      config: { responseMimeType: 'application/json', responseJsonSchema: schema },
    }
    if (!streams) return JSON.parse((await models.generateContent(params)).text ?? '')
    let text = ''
    for await (const chunk of await models.generateContentStream(params)) text += chunk.text ?? ''
    return JSON.parse(text)
  },
  'ai sdk': async (url, streams) => {
    const model = createOpenAI({ apiKey: 'sk-caller', baseURL: `${url}/v1` }).chat('chat')
    const settings = { model, prompt: content, maxRetries: 0, output: Output.object({ schema: jsonSchema(schema) }) }
    if (!streams) return (await generateText(settings)).output
    let failure: unknown
    const onError = ({ error }: { error: unknown }): void => {
      failure ??= error
    }
    return Promise.resolve(streamText({ ...settings, onError }).output).catch((error: unknown) => {
      throw failure ?? error
    })
  },
}

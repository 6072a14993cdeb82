import assert from 'node:assert/strict'
import type { Message, MessageCreateParamsNonStreaming } from '@anthropic-ai/sdk/resources/messages'
import { generateText, streamText } from 'ai'
import { assertReceived } from './bodies.ts'
import type { Cell, Run } from './cell.ts'
import type { Feature } from './matrix.ts'
import { saying } from './say.ts'
import { aiModel } from './talk-ai.ts'
import { anthropicClient } from './talk-anthropic.ts'
import { no } from './words.ts'

const ask = async (
  cell: Cell,
  params: Omit<MessageCreateParamsNonStreaming, 'model' | 'max_tokens'>,
): Promise<Message> => {
  const { messages } = anthropicClient(cell.url)
  const all = { ...params, model: cell.model, max_tokens: 50 }
  return cell.form === 'whole' ? messages.create(all) : messages.stream(all).finalMessage()
}

const textOf = ({ content }: Message): string =>
  content.map((block) => (block.type === 'text' ? block.text : '')).join('')

const mark = { type: 'ephemeral' as const, ttl: '1h' as const }

const marks: Run = async (cell) => {
  const heard = await ask(cell, {
    system: [{ type: 'text', text: 'Long rules.', cache_control: mark }],
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Long tale.', cache_control: mark }] }],
  })
  assert.equal(textOf(heard), 'Kept.')
  const marked = (text: string) => [{ type: 'text', text, cache_control: mark }]
  assertReceived(cell, {
    openai: {
      messages: [
        { role: 'system', content: 'Long rules.' },
        { role: 'user', content: 'Long tale.' },
      ],
    },
    anthropic: { system: marked('Long rules.'), messages: [{ role: 'user', content: marked('Long tale.') }] },
  })
}

const failedTool: Run = async (cell) => {
  const heard = await ask(cell, {
    messages: [
      { role: 'user', content: 'Look.' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', name: 'look', input: {} }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'call_1', is_error: true, content: 'Error: it is dark.' },
          { type: 'text', text: 'Then guess.' },
        ],
      },
    ],
    tools: [{ name: 'look', input_schema: { type: 'object' } }],
  })
  assert.equal(textOf(heard), 'Kept.')
  const openai = {
    messages: [
      { role: 'user', content: 'Look.' },
      { role: 'assistant' },
      { role: 'tool', tool_call_id: 'call_1', content: 'Error: it is dark.' },
      { role: 'user', content: 'Then guess.' },
    ],
  }
  const failed = { type: 'tool_result', tool_use_id: 'call_1', is_error: true }
  assertReceived(cell, {
    openai,
    anthropic: { messages: [{ role: 'user' }, { role: 'assistant' }, { role: 'user', content: [failed] }] },
    aimock: cell.wire === 'openai' ? openai : undefined,
  })
}

const url = 'https://example.com/report.pdf'
const remote = { type: 'document', source: { type: 'url', url } }

const remoteDocument: Run = async (cell) => {
  const content = [
    { type: 'document' as const, source: { type: 'url' as const, url } },
    { type: 'text' as const, text: 'Sum up.' },
  ]
  assert.equal(textOf(await ask(cell, { messages: [{ role: 'user', content }] })), 'Kept.')
  assertReceived(cell, { openai: {}, anthropic: { messages: [{ role: 'user', content: [remote] }] } })
}

const remoteDocumentOfAi: Run = async (cell) => {
  let failure: unknown
  const settings = {
    model: aiModel(cell.client, cell.url, cell.model),
    maxRetries: 0,
    messages: [
      {
        role: 'user' as const,
        content: [
          { type: 'file' as const, data: new URL(url), mediaType: 'application/pdf' },
          { type: 'text' as const, text: 'Sum up.' },
        ],
      },
    ],
    onError: ({ error }: { error: unknown }): void => {
      failure ??= error
    },
  }
  const asked = cell.form === 'whole' ? generateText(settings).then(({ text }) => text) : streamText(settings).text
  const text = await Promise.resolve(asked).catch((error: unknown) => {
    throw failure ?? error
  })
  assert.equal(text, 'Kept.')
  assertReceived(cell, { openai: {}, anthropic: { messages: [{ role: 'user', content: [remote] }] } })
}

const notOpenai = no('OpenAI has no word for it')
const answers = saying({ text: 'Kept.' })

const onlyAnthropic = (name: Feature['name'], run: Run): Feature => ({
  name,
  answers,
  clients: {
    openai: notOpenai,
    anthropic: run,
    'ai-openai': notOpenai,
    'ai-anthropic': no('as by Anthropic’s client'),
  },
})

export const anthropicOnlyFeatures: readonly Feature[] = [
  onlyAnthropic('marks for the prompt cache', marks),
  onlyAnthropic('a tool that failed', failedTool),
  {
    name: 'a document by its address',
    answers,
    clients: {
      openai: notOpenai,
      anthropic: remoteDocument,
      'ai-openai': no('it fetches the document by itself'),
      'ai-anthropic': remoteDocumentOfAi,
    },
    refused: {
      anthropic: { openai: 'a document given by URL' },
      'ai-anthropic': { openai: 'a document given by URL' },
    },
  },
]

import assert from 'node:assert/strict'
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod'
import { generateText, isStepCount, streamText, tool } from 'ai'
import { zodFunction } from 'openai/helpers/zod'
import * as z from 'zod'
import { assertReceived } from './bodies.ts'
import type { Cell, Run } from './cell.ts'
import type { Feature } from './matrix.ts'
import { saying } from './say.ts'
import { aiModel } from './talk-ai.ts'
import { anthropicClient } from './talk-anthropic.ts'
import { openaiClient } from './talk-openai.ts'

const messages = [{ role: 'user' as const, content: 'What is 19 times 23?' }]
const Factors = z.object({ left: z.number(), right: z.number() })
const name = 'multiply'
const description = 'Multiplies two numbers.'

interface Worked {
  /** What the tool was given. */
  readonly given: readonly unknown[]
  readonly text: string
}

const workOpenai = async ({ url, model, form }: Cell): Promise<Worked> => {
  const given: unknown[] = []
  const multiply = zodFunction({
    name,
    description,
    parameters: Factors,
    function: (factors) => {
      given.push(factors)
      return String(factors.left * factors.right)
    },
  })
  const params = { model, messages, tools: [multiply] }
  const { completions } = openaiClient(url).chat
  const runner = form === 'whole' ? completions.runTools(params) : completions.runTools({ ...params, stream: true })
  return { given, text: (await runner.finalContent()) ?? '' }
}

const workAnthropic = async ({ url, model, form }: Cell): Promise<Worked> => {
  const given: unknown[] = []
  const multiply = betaZodTool({
    name,
    description,
    inputSchema: Factors,
    run: (factors) => {
      given.push(factors)
      return String(factors.left * factors.right)
    },
  })
  const params = { model, messages, max_tokens: 500, tools: [multiply] }
  const runner = anthropicClient(url).beta.messages.toolRunner({ ...params, stream: form === 'stream' })
  const { content } = await runner.runUntilDone()
  return { given, text: content.map((block) => (block.type === 'text' ? block.text : '')).join('') }
}

const workAi = async ({ client, url, model, form }: Cell): Promise<Worked> => {
  const given: unknown[] = []
  const multiply = tool({
    description,
    inputSchema: Factors,
    execute: (factors) => {
      given.push(factors)
      return factors.left * factors.right
    },
  })
  const settings = {
    model: aiModel(client, url, model),
    messages,
    maxRetries: 0,
    tools: { multiply },
    stopWhen: isStepCount(3),
  }
  return { given, text: form === 'whole' ? (await generateText(settings)).text : await streamText(settings).text }
}

const working =
  (work: (cell: Cell) => Promise<Worked>): Run =>
  async (cell) => {
    assert.deepEqual(await work(cell), { given: [{ left: 19, right: 23 }], text: 'It is 437.' })
    assert.equal(cell.received().length, 2)
    const openai = {
      messages: [
        { role: 'user' },
        { role: 'assistant', tool_calls: [{ id: 'call_9', function: { name } }] },
        { role: 'tool', tool_call_id: 'call_9', content: '437' },
      ],
    }
    const result = { type: 'tool_result', tool_use_id: 'call_9' }
    assertReceived(cell, {
      openai,
      anthropic: { messages: [{ role: 'user' }, { role: 'assistant' }, { role: 'user', content: [result] }] },
      aimock: openai,
    })
  }

const toolLoop: Feature = {
  name: 'tools that the client runs by itself',
  answers: saying({ calls: [{ id: 'call_9', name, arguments: '{"left":19,"right":23}' }] }, { text: 'It is 437.' }),
  clients: {
    openai: working(workOpenai),
    anthropic: working(workAnthropic),
    'ai-openai': working(workAi),
    'ai-anthropic': working(workAi),
  },
}

const eventsOfOpenai = async ({ url, model }: Cell): Promise<string[]> => {
  const events: string[] = []
  const stream = openaiClient(url).chat.completions.stream({ model, messages })
  stream.on('content.delta', ({ snapshot }) => events.push(`text ${snapshot}`))
  stream.on('content.done', ({ content }) => events.push(`done ${content}`))
  stream.on('finalChatCompletion', ({ choices }) => events.push(`end ${choices[0]?.finish_reason}`))
  await stream.done()
  return events
}

const eventsOfAnthropic = async ({ url, model }: Cell): Promise<string[]> => {
  const events: string[] = []
  const stream = anthropicClient(url).messages.stream({ model, messages, max_tokens: 50 })
  stream.on('text', (_, snapshot) => events.push(`text ${snapshot}`))
  stream.on('contentBlock', (block) => events.push(`done ${block.type === 'text' ? block.text : block.type}`))
  stream.on('finalMessage', ({ stop_reason }) =>
    events.push(`end ${stop_reason === 'end_turn' ? 'stop' : stop_reason}`),
  )
  await stream.done()
  return events
}

const eventsOfAi = async ({ client, url, model }: Cell): Promise<string[]> => {
  const events: string[] = []
  let text = ''
  for await (const part of streamText({ model: aiModel(client, url, model), messages, maxRetries: 0 }).stream) {
    if (part.type === 'text-delta') {
      text += part.text
      // OpenAI's first chunk says an empty text.
      if (text !== '') events.push(`text ${text}`)
    } else if (part.type === 'text-end') events.push(`done ${text}`)
    else if (part.type === 'finish') events.push(`end ${part.finishReason}`)
  }
  return events
}

const following =
  (follow: (cell: Cell) => Promise<string[]>): Run =>
  async (cell) => {
    const events = await follow(cell)
    assert.deepEqual(events.slice(-2), ['done It is hard to say.', 'end stop'])
    const texts = events.slice(0, -2).map((event) => event.slice('text '.length))
    assert.ok(texts.length > 2, `${texts.length} pieces`)
    assert.equal(texts.at(-1), 'It is hard to say.')
    for (const [index, text] of texts.entries()) assert.ok((texts[index + 1] ?? text).startsWith(text))
  }

const streamEvents: Feature = {
  name: 'events of the client’s own stream',
  forms: ['stream'],
  answers: saying({ text: 'It is hard to say.' }),
  clients: {
    openai: following(eventsOfOpenai),
    anthropic: following(eventsOfAnthropic),
    'ai-openai': following(eventsOfAi),
    'ai-anthropic': following(eventsOfAi),
  },
}

export const helperFeatures: readonly Feature[] = [toolLoop, streamEvents]

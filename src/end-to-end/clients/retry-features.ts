import assert from 'node:assert/strict'
import { generateText } from 'ai'
import { anthropicError, openaiError } from '../../testing/index.ts'
import type { Cell } from './cell.ts'
import type { Feature } from './matrix.ts'
import { failureOf } from './refusal.ts'
import { saying } from './say.ts'
import { aiModel } from './talk-ai.ts'
import { anthropicClient } from './talk-anthropic.ts'
import { openaiClient } from './talk-openai.ts'
import { all, no } from './words.ts'

const messages = [{ role: 'user' as const, content: 'Go.' }]

/** Asks with the retries that the client does by itself. */
const ask = async ({ client, url, model }: Cell): Promise<string> => {
  if (client === 'openai') {
    const answer = await openaiClient(url, { maxRetries: 2 }).chat.completions.create({ model, messages })
    return answer.choices[0]?.message.content ?? ''
  }
  if (client === 'anthropic') {
    const answer = await anthropicClient(url, { maxRetries: 2 }).messages.create({ model, messages, max_tokens: 9 })
    return answer.content.map((block) => (block.type === 'text' ? block.text : '')).join('')
  }
  return (await generateText({ model: aiModel(client, url, model), messages, maxRetries: 2 })).text
}

const { openai, anthropic } = saying({ text: 'At last.' })
const pause = { 'retry-after-ms': '30' }

const again: Feature = {
  name: 'a client that asks again',
  onlyFake: 'aimock asks for whole seconds',
  alone: true,
  forms: ['whole'],
  answers: {
    openai: [openaiError(429, 'rate_limit_exceeded', 'Slow down.', pause), ...openai],
    anthropic: [anthropicError(429, 'rate_limit_error', 'Slow down.', pause), ...anthropic],
    aimock: [],
  },
  clients: all(async (cell) => {
    const began = performance.now()
    assert.equal(await ask(cell), 'At last.')
    assert.equal(cell.received().length, 2)
    const tookMs = performance.now() - began
    assert.ok(tookMs > 20 && tookMs < 1_000, `${tookMs} ms`)
  }),
}

const lenient = 'the AI SDK goes by the status alone'

const never: Feature = {
  name: 'a client that is told not to ask again',
  onlyFake: 'the count of what was received is what matters',
  alone: true,
  forms: ['whole'],
  answers: {
    openai: [openaiError(401, 'invalid_api_key', 'No.'), ...openai],
    anthropic: [anthropicError(401, 'authentication_error', 'No.'), ...anthropic],
    aimock: [],
  },
  clients: {
    ...all(async (cell) => {
      assert.equal((await failureOf(cell.client, () => ask(cell))).status, 502)
      assert.equal(cell.received().length, 1)
    }),
    'ai-openai': no(lenient),
    'ai-anthropic': no(lenient),
  },
}

export const retryFeatures: readonly Feature[] = [again, never]

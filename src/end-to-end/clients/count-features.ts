import assert from 'node:assert/strict'
import type { Run } from './cell.ts'
import type { Feature } from './matrix.ts'
import { anthropicClient } from './talk-anthropic.ts'
import { no } from './words.ts'

const system = 'You count.'
const messages = [{ role: 'user' as const, content: 'How many tokens are these, and how many with the tool?' }]
const tools = [{ name: 'add', description: 'Adds numbers.', input_schema: { type: 'object' as const } }]

const counting: Run = async (cell) => {
  const counter = anthropicClient(cell.url).messages
  const { data, response } = await counter.countTokens({ model: cell.model, system, messages, tools }).withResponse()
  if (cell.wire === 'anthropic') {
    assert.equal(data.input_tokens, 4242)
    const [asked, ...more] = cell.fakes.anthropic.journal.slice(-1)
    assert.equal(asked?.path, '/v1/messages/count_tokens')
    assert.deepEqual(JSON.parse(asked?.body ?? ''), { model: 'claude-haiku-4-5', system, messages, tools })
    assert.deepEqual(more, [])
    return
  }
  assert.deepEqual(cell.received(), [])
  assert.equal(response.headers.get('x-tollgate-count'), 'estimated')
  assert.ok(data.input_tokens >= 20 && data.input_tokens <= 60, String(data.input_tokens))
  const short = await counter.countTokens({ model: cell.model, messages })
  assert.ok(short.input_tokens < data.input_tokens)
}

const because = 'only Anthropic’s client counts'

export const countFeatures: readonly Feature[] = [
  {
    name: 'counting tokens',
    onlyFake: 'aimock does not count',
    forms: ['whole'],
    answers: { openai: [], anthropic: [{ body: JSON.stringify({ input_tokens: 4242 }) }], aimock: [] },
    clients: { openai: no(because), anthropic: counting, 'ai-openai': no(because), 'ai-anthropic': no(because) },
  },
]

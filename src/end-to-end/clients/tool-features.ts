import assert from 'node:assert/strict'
import type { JsonObject } from '../../core/json.ts'
import { assertReceived } from './bodies.ts'
import type { Cell } from './cell.ts'
import type { FeatureName } from './feature-names.ts'
import type { Feature } from './matrix.ts'
import { saying } from './say.ts'
import type { OfferedTool, Wishes } from './talk.ts'
import { all, endWord } from './words.ts'

const parameters: JsonObject = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer' } },
  required: ['city'],
  additionalProperties: false,
}
const weather: OfferedTool = { name: 'get_weather', description: 'Tells the weather of a city.', parameters }
const clock: OfferedTool = {
  name: 'get_time',
  description: 'Tells the time.',
  parameters: { type: 'object', properties: {}, additionalProperties: false },
}
const tools = [weather, clock]

/** The tools as each wire names them. */
const offered = {
  openai: {
    tools: tools.map(({ name, description, parameters: schema }) => ({
      type: 'function',
      function: { name, description, parameters: schema },
    })),
  },
  anthropic: {
    tools: tools.map(({ name, description, parameters: schema }) => ({ name, description, input_schema: schema })),
  },
}

const inParis = { id: 'call_1', name: 'get_weather', arguments: '{"city":"Paris","days":2}' }
const inRome = { id: 'call_2', name: 'get_weather', arguments: '{"city":"Rom \\"Süd\\" \\u2028\\n","days":3}' }
const now = { id: 'call_3', name: 'get_time', arguments: '{}' }

const oneCall: Feature = {
  name: 'a tool call',
  answers: saying({ calls: [inParis] }),
  clients: all(async (cell) => {
    const heard = await cell.talk().say('Weather in Paris?', { tools })
    assert.deepEqual(heard.calls, [{ id: 'call_1', name: 'get_weather', input: { city: 'Paris', days: 2 } }])
    assert.equal(heard.text, '')
    assert.equal(heard.finish, endWord(cell, 'tools'))
    assertReceived(cell, { ...offered, aimock: offered.openai })
  }),
}

const parallelCalls: Feature = {
  name: 'parallel tool calls',
  answers: saying({ calls: [inParis, inRome, now] }),
  clients: all(async (cell) => {
    const heard = await cell.talk().say('Weather in Paris and Rome? And the time?', { tools })
    assert.deepEqual(heard.calls, [
      { id: 'call_1', name: 'get_weather', input: { city: 'Paris', days: 2 } },
      { id: 'call_2', name: 'get_weather', input: { city: 'Rom "Süd" \u2028\n', days: 3 } },
      { id: 'call_3', name: 'get_time', input: {} },
    ])
    assert.equal(heard.finish, endWord(cell, 'tools'))
  }),
}

/** The turns of a conversation with two calls and their results, as each wire tells them. */
const turns = (text: { readonly role: string; readonly content: string }) => ({
  openai: [
    text,
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: 'get_weather' } },
        { id: 'call_3', type: 'function', function: { name: 'get_time', arguments: '{}' } },
      ],
    },
    { role: 'tool', tool_call_id: 'call_1', content: 'Rain, "12°"\n' },
    { role: 'tool', tool_call_id: 'call_3', content: '12:00' },
  ],
  anthropic: [
    text,
    {
      role: 'assistant',
      content: [
        { type: 'tool_use', id: 'call_1', name: 'get_weather', input: { city: 'Paris', days: 2 } },
        { type: 'tool_use', id: 'call_3', name: 'get_time', input: {} },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'call_1' },
        { type: 'tool_result', tool_use_id: 'call_3' },
      ],
    },
  ],
})

const results: Feature = {
  name: 'tool results',
  answers: saying({ calls: [inParis, now] }, { text: 'It rains at noon.' }),
  clients: all(async (cell) => {
    const talk = cell.talk()
    const { calls } = await talk.say('Weather and time?', { tools })
    const [first, second] = calls
    assert.ok(first && second)
    const told = [
      { call: first, text: 'Rain, "12°"\n' },
      { call: second, text: '12:00' },
    ]
    const heard = await talk.giveResults(told, { tools })
    assert.equal(heard.text, 'It rains at noon.')
    assert.equal(heard.finish, endWord(cell, 'stop'))
    const { openai, anthropic } = turns({ role: 'user', content: 'Weather and time?' })
    assertReceived(cell, {
      openai: { messages: openai },
      anthropic: { messages: anthropic },
      aimock: { messages: openai },
    })
    assertResultTexts(cell)
  }),
}

/** Results must be the tools' own words; a block with one text is as good as the text. */
const assertResultTexts = (cell: Cell): void => {
  if (cell.maker !== 'fake' || cell.wire !== 'anthropic') return
  const messages = cell.received()[1]?.messages as readonly { content: readonly { content: unknown }[] }[]
  assert.equal(messages.length, 3)
  const texts = messages[2]?.content.map(({ content }) =>
    Array.isArray(content) ? content.map(({ text }) => text).join() : content,
  )
  assert.deepEqual(texts, ['Rain, "12°"\n', '12:00'])
}

/** A choice of tools, and what each wire calls it. */
interface Choice {
  readonly name: FeatureName
  readonly wishes: Wishes
  readonly openai: JsonObject
  readonly anthropic: JsonObject
}

const choices: readonly Choice[] = [
  {
    name: 'tool choice: automatic',
    wishes: { choice: 'auto' },
    openai: { tool_choice: 'auto' },
    anthropic: { tool_choice: { type: 'auto' } },
  },
  {
    name: 'tool choice: some tool',
    wishes: { choice: 'required' },
    openai: { tool_choice: 'required' },
    anthropic: { tool_choice: { type: 'any' } },
  },
  {
    name: 'tool choice: this tool',
    wishes: { choice: { tool: 'get_time' } },
    openai: { tool_choice: { type: 'function', function: { name: 'get_time' } } },
    anthropic: { tool_choice: { type: 'tool', name: 'get_time' } },
  },
  {
    name: 'tool choice: one at a time',
    wishes: { choice: 'required', parallel: false },
    openai: { tool_choice: 'required', parallel_tool_calls: false },
    anthropic: { tool_choice: { type: 'any', disable_parallel_tool_use: true } },
  },
]

const choosing = ({ name, wishes, openai, anthropic }: Choice): Feature => ({
  name,
  answers: saying({ calls: [now] }),
  clients: all(async (cell) => {
    const heard = await cell.talk().say('What time is it?', { tools, ...wishes })
    assert.deepEqual(heard.calls, [{ id: 'call_3', name: 'get_time', input: {} }])
    assertReceived(cell, { openai, anthropic, aimock: cell.wire === 'openai' ? openai : undefined })
  }),
})

const noTool: Feature = {
  name: 'tool choice: no tool',
  answers: saying({ text: 'I cannot tell.' }),
  clients: all(async (cell) => {
    const heard = await cell.talk().say('What time is it?', { tools, choice: 'none' })
    assert.equal(heard.text, 'I cannot tell.')
    assertReceived(cell, {
      openai: { ...offered.openai, tool_choice: 'none' },
      anthropic: { ...offered.anthropic, tool_choice: { type: 'none' } },
    })
  }),
}

export const toolFeatures: readonly Feature[] = [oneCall, parallelCalls, results, ...choices.map(choosing), noTool]

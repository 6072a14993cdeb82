import assert from 'node:assert/strict'
import type { JsonObject } from '../../core/json.ts'
import { assertReceived, endWord, type Feature, testMatrix } from './matrix.ts'
import { type Cell, clientNames } from './rig.ts'
import { saying } from './say.ts'

const parameters: JsonObject = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}
const tools = [
  { name: 'get_weather', description: 'Tells the weather of a city.', parameters },
  {
    name: 'get_time',
    description: 'Tells the time.',
    parameters: { type: 'object', properties: {}, additionalProperties: false },
  },
]
const inParis = { id: 'call_1', name: 'get_weather', arguments: '{"city":"Par \\"Süd\\" \\u2028\\n"}' }
const now = { id: 'call_2', name: 'get_time', arguments: '{}' }

const specs = tools.map(({ name, description, parameters: json }) => ({
  toolSpec: { name, description, inputSchema: { json } },
}))

const calls: Feature = {
  name: 'parallel tool calls and their results',
  answers: saying({ calls: [inParis, now] }, { text: 'It rains at noon.' }),
  run: async (cell) => {
    const talk = cell.talk()
    const heard = await talk.say('Weather and time?', { tools })
    assert.deepEqual(heard.calls, [
      { id: 'call_1', name: 'get_weather', input: { city: 'Par "Süd" \u2028\n' } },
      { id: 'call_2', name: 'get_time', input: {} },
    ])
    assert.equal(heard.finish, endWord(cell, 'tools'))
    const [first, second] = heard.calls
    assert.ok(first && second)
    const results = [
      { call: first, text: 'Rain, "12°"\n' },
      { call: second, text: '12:00' },
    ]
    const last = await talk.giveResults(results, { tools })
    assert.equal(last.text, 'It rains at noon.')
    assert.equal(last.finish, endWord(cell, 'stop'))
    // It wraps results in JSON of its own.
    if (cell.client === 'ai-google') return
    assertReceived(cell, {
      bedrock: {
        toolConfig: { tools: specs },
        messages: [
          { role: 'user' },
          {
            role: 'assistant',
            content: [
              { toolUse: { toolUseId: 'call_1', name: 'get_weather', input: { city: 'Par "Süd" \u2028\n' } } },
              { toolUse: { toolUseId: 'call_2', name: 'get_time', input: {} } },
            ],
          },
          {
            role: 'user',
            content: [
              { toolResult: { toolUseId: 'call_1', content: [{ text: 'Rain, "12°"\n' }] } },
              { toolResult: { toolUseId: 'call_2', content: [{ text: '12:00' }] } },
            ],
          },
        ],
      },
      openai: {
        messages: [{ role: 'user' }, { role: 'assistant' }, { tool_call_id: 'call_1' }, { tool_call_id: 'call_2' }],
      },
      anthropic: { messages: [{ role: 'user' }, { role: 'assistant' }, { role: 'user' }] },
    })
  },
}

const choosing = (name: string, choice: 'auto' | 'required' | { tool: string }, bedrock: JsonObject): Feature => ({
  name,
  answers: saying({ calls: [now] }),
  run: async (cell) => {
    const heard = await cell.talk().say('What time is it?', { tools, choice })
    assert.deepEqual(heard.calls, [{ id: 'call_2', name: 'get_time', input: {} }])
    assertReceived(cell, { bedrock: { toolConfig: { tools: specs, toolChoice: bedrock } } })
  },
})

const others = clientNames.filter((client) => client !== 'bedrock')

const noTool: Feature = {
  name: 'tool choice: no tool',
  clients: others,
  answers: saying({ text: 'I cannot tell.' }),
  run: async (cell) => {
    const heard = await cell.talk().say('What time is it?', { tools, choice: 'none' })
    assert.equal(heard.text, 'I cannot tell.')
    if (cell.maker === 'fake') assert.equal(cell.received()[0]?.toolConfig, undefined)
  },
}

const oneAtATime: Feature = {
  name: 'tool choice: one at a time',
  // Google's language cannot ask it.
  clients: others.filter((client) => !client.endsWith('google')),
  answers: saying({ calls: [now] }),
  refused: () => 'parallel_tool_calls',
  run: async (cell) => {
    await cell.talk().say('What time is it?', { tools, choice: 'auto', parallel: false })
  },
}

/** Amazon takes no conversation with calls of tools that offers none. */
const forgotten: Feature = {
  name: 'results of tools that are offered no more',
  clients: ['openai', 'anthropic'],
  onlyFake: 'it takes what Amazon refuses',
  answers: saying({ calls: [now] }, { text: 'Noon.' }),
  run: async (cell: Cell) => {
    const talk = cell.talk()
    const [call] = (await talk.say('What time is it?', { tools })).calls
    assert.ok(call)
    await assert.rejects(talk.giveResults([{ call, text: '12:00' }]), /offers none/)
    assert.equal(cell.received().length, 1)
  },
}

testMatrix('tools', [
  calls,
  choosing('tool choice: automatic', 'auto', { auto: {} }),
  choosing('tool choice: some tool', 'required', { any: {} }),
  choosing('tool choice: this tool', { tool: 'get_time' }, { tool: { name: 'get_time' } }),
  noTool,
  oneAtATime,
  forgotten,
])

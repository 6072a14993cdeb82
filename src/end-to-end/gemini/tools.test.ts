import assert from 'node:assert/strict'
import type { JsonObject } from '../../core/json.ts'
import { geminiSignature } from '../../testing/index.ts'
import { assertReceived, endWord, type Feature, isGoogle, testMatrix } from './matrix.ts'
import type { Cell } from './rig.ts'
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

/**
 * What proves the first call when the turn goes back to Gemini: its own signature, unless the client has no place for
 * it. The AI SDK's providers for OpenAI drop it; then Gemini is told that there is none.
 */
const proofFor = ({ client }: Cell): string =>
  client === 'ai-openai' ? 'skip_thought_signature_validator' : geminiSignature

const calls: Feature = {
  name: 'parallel tool calls and their results',
  answers: saying({ calls: [inParis, now] }, { text: 'It rains at noon.' }),
  run: async (cell) => {
    const talk = cell.talk()
    const heard = await talk.say('Weather and time?', { tools })
    assert.deepEqual(
      heard.calls.map(({ name, input }) => ({ name, input })),
      [
        { name: 'get_weather', input: { city: 'Par "Süd" \u2028\n' } },
        { name: 'get_time', input: {} },
      ],
    )
    // aimock ends with a word that Google does not have, and its own clients hear it as it is.
    const untouched = cell.maker === 'aimock' && cell.wire === 'gemini' && isGoogle(cell)
    if (!untouched) assert.equal(heard.finish, endWord(cell, 'tools'))
    const [first, second] = heard.calls
    assert.ok(first && second)
    if (cell.maker === 'fake') assert.deepEqual([first.id, second.id], ['call_1', 'call_2'])
    const results = [
      { call: first, text: 'Rain, "12°"\n' },
      { call: second, text: '12:00' },
    ]
    assert.equal((await talk.giveResults(results, { tools })).text, 'It rains at noon.')
    assertReceived(cell, {
      openai: {
        tools: [{ type: 'function', function: { name: 'get_weather' } }, {}],
        messages: [{ role: 'user' }, { role: 'assistant', tool_calls: [{ id: 'call_1' }, { id: 'call_2' }] }, {}, {}],
      },
      anthropic: { messages: [{ role: 'user' }, { role: 'assistant' }, { role: 'user', content: [{}, {}] }] },
    })
    if (cell.maker === 'fake' && cell.wire === 'gemini') assertGotBack(cell)
  },
}

const assertGotBack = (cell: Cell): void => {
  const contents = cell.received().at(-1)?.contents as readonly { role: string; parts: readonly JsonObject[] }[]
  const called = contents.filter(({ role }) => role === 'model').flatMap(({ parts }) => parts)
  const [first, second] = called.filter(({ functionCall }) => functionCall !== undefined)
  const city = 'Par "Süd" \u2028\n'
  assert.partialDeepStrictEqual(first, { functionCall: { name: 'get_weather', args: { city } } })
  assert.equal(first?.thoughtSignature, proofFor(cell))
  assert.partialDeepStrictEqual(second, { functionCall: { name: 'get_time', args: {} } })
  assert.equal(second?.thoughtSignature, undefined)
  const results = contents.at(-1)?.parts.map(({ functionResponse }) => functionResponse)
  assert.partialDeepStrictEqual(results, [{ name: 'get_weather' }, { name: 'get_time' }])
  assert.match(JSON.stringify(results), /Rain, \\"12°\\"\\n.*12:00/)
}

const offered: Feature = {
  name: 'the schemas of tools',
  answers: saying({ text: 'I need none.' }),
  run: async (cell) => {
    assert.equal((await cell.talk().say('Hi.', { tools })).text, 'I need none.')
    // The AI SDK's provider for Google says schemas in Google's own words, which know no further properties.
    const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
    const untouched = cell.client === 'ai-google'
    assertReceived(cell, {
      gemini: untouched
        ? {}
        : { tools: [{ functionDeclarations: [{ name: 'get_weather', parametersJsonSchema: schema }, {}] }] },
      openai: { tools: [{ function: { name: 'get_weather', parameters: schema } }, {}] },
      anthropic: { tools: [{ name: 'get_weather', input_schema: schema }, {}] },
    })
  },
}

const forced: Feature = {
  name: 'tool choice: this tool',
  answers: saying({ calls: [now] }),
  run: async (cell) => {
    const heard = await cell.talk().say('Time?', { tools, choice: { tool: 'get_time' } })
    assert.deepEqual(heard.calls[0]?.name, 'get_time')
    assertReceived(cell, {
      gemini: { toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['get_time'] } } },
      openai: { tool_choice: { type: 'function', function: { name: 'get_time' } } },
      anthropic: { tool_choice: { type: 'tool', name: 'get_time' } },
    })
  },
}

const modes = [
  { choice: 'required', gemini: 'ANY', openai: 'required', anthropic: 'any' },
  { choice: 'none', gemini: 'NONE', openai: 'none', anthropic: 'none' },
  { choice: 'auto', gemini: 'AUTO', openai: 'auto', anthropic: 'auto' },
] as const

const choosing = modes.map(
  ({ choice, gemini, openai, anthropic }): Feature => ({
    name: `tool choice: ${choice}`,
    answers: choice === 'required' ? saying({ calls: [now] }) : saying({ text: 'So be it.' }),
    run: async (cell) => {
      const { text, calls: made } = await cell.talk().say('Time?', { tools, choice })
      if (choice === 'required') assert.equal(made[0]?.name, 'get_time')
      else assert.equal(text, 'So be it.')
      // The AI SDK asks for calls that are kept to their schemas wherever a tool may be called.
      const mode = cell.client === 'ai-google' ? {} : { mode: gemini }
      assertReceived(cell, {
        gemini: { toolConfig: { functionCallingConfig: mode } },
        openai: { tool_choice: openai },
        anthropic: { tool_choice: { type: anthropic } },
      })
    },
  }),
)

const oneAtATime: Feature = {
  name: 'tool choice: one at a time',
  answers: saying({ calls: [now] }),
  clients: ['openai', 'anthropic', 'ai-openai', 'ai-anthropic'],
  refused: (cell) => (isGoogle(cell) ? undefined : 'parallel_tool_calls'),
  run: async (cell) => {
    await cell.talk().say('Time?', { tools, choice: 'required', parallel: false })
  },
}

testMatrix('tools', [calls, offered, forced, ...choosing, oneAtATime])

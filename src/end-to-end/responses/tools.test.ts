import assert from 'node:assert/strict'
import { generateText, isStepCount, Output, streamText, tool } from 'ai'
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod'
import * as z from 'zod'
import type { JsonObject } from '../../core/json.ts'
import { aiModel } from '../clients/talk-ai.ts'
import { openaiClient } from '../clients/talk-openai.ts'
import { assertReceived, endWord, type Feature, testMatrix } from './matrix.ts'
import { type Cell, everyClient } from './rig.ts'
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

const calls: Feature = {
  name: 'parallel tool calls and their results',
  answers: saying({ calls: [inParis, now] }, { text: 'It rains at noon.' }),
  clients: everyClient,
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
    assert.equal((await talk.giveResults(results, { tools })).text, 'It rains at noon.')
    // The AI SDK puts results for Gemini into objects of its own.
    const told = (output: string) => (cell.client === 'ai-google' ? {} : { output })
    assertReceived(cell, {
      responses: {
        tools: [{ type: 'function', name: 'get_weather', parameters }],
        input: [
          { role: 'user' },
          { type: 'function_call', call_id: 'call_1', name: 'get_weather' },
          { type: 'function_call', call_id: 'call_2', name: 'get_time', arguments: '{}' },
          { type: 'function_call_output', call_id: 'call_1', ...told('Rain, "12°"\n') },
          { type: 'function_call_output', call_id: 'call_2', ...told('12:00') },
        ],
      },
      openai: {
        tools: [{ type: 'function', function: { name: 'get_weather', parameters } }],
        messages: [{ role: 'user' }, { role: 'assistant', tool_calls: [{ id: 'call_1' }, { id: 'call_2' }] }, {}, {}],
      },
      anthropic: { messages: [{ role: 'user' }, { role: 'assistant' }, { role: 'user', content: [{}, {}] }] },
    })
  },
}

const choice: Feature = {
  name: 'a forced tool, one at a time',
  answers: saying({ calls: [now] }),
  refused: ({ spoken }) => (spoken === 'gemini' ? 'parallel_tool_calls' : undefined),
  run: async (cell) => {
    const heard = await cell.talk().say('Time?', { tools, choice: { tool: 'get_time' }, parallel: false })
    assert.deepEqual(heard.calls, [{ id: 'call_2', name: 'get_time', input: {} }])
    assertReceived(cell, {
      responses: { tool_choice: { type: 'function', name: 'get_time' }, parallel_tool_calls: false },
      openai: { tool_choice: { type: 'function', function: { name: 'get_time' } }, parallel_tool_calls: false },
      anthropic: { tool_choice: { type: 'tool', name: 'get_time', disable_parallel_tool_use: true } },
    })
  },
}

const Person = z.object({ name: z.string(), age: z.number().int(), home: z.object({ city: z.string() }) })
const person = { name: 'Zoë "Z" Müller', age: 41, home: { city: 'Köln' } }
const question = 'Who is it?'

const parseWith: Partial<Record<Cell['client'], (cell: Cell) => Promise<unknown>>> = {
  responses: async ({ url, model, form }) => {
    const { responses } = openaiClient(url)
    const params = { model, input: question, text: { format: zodTextFormat(Person, 'person') } }
    const answer = form === 'whole' ? await responses.parse(params) : await responses.stream(params).finalResponse()
    return answer.output_parsed
  },
  openai: async ({ url, model, form }) => {
    const messages = [{ role: 'user' as const, content: question }]
    const params = { model, messages, response_format: zodResponseFormat(Person, 'person') }
    const { completions } = openaiClient(url).chat
    const answer =
      form === 'whole' ? await completions.parse(params) : await completions.stream(params).finalChatCompletion()
    return answer.choices[0]?.message.parsed
  },
  'ai-responses': async ({ url, model, form }) => {
    const output = Output.object({ schema: Person, name: 'person' })
    const settings = { model: aiModel('ai-responses', url, model), prompt: question, maxRetries: 0, output }
    return form === 'whole' ? (await generateText(settings)).output : await streamText(settings).output
  },
}

const schema: Feature = {
  name: 'an answer by a schema',
  answers: saying({ text: JSON.stringify(person) }),
  clients: ['responses', 'ai-responses', 'openai'],
  run: async (cell) => {
    assert.deepEqual(await parseWith[cell.client]?.(cell), person)
    const wanted = { type: 'object', required: ['name', 'age', 'home'] }
    const format = { type: 'json_schema', name: 'person', strict: true, schema: wanted }
    assertReceived(cell, {
      responses: { text: { format } },
      openai: { response_format: { type: 'json_schema', json_schema: { name: 'person', schema: wanted } } },
      anthropic: { output_config: { format: { type: 'json_schema', schema: wanted } } },
    })
  },
}

const multiply = { id: 'call_9', name: 'multiply', arguments: '{"left":19,"right":23}' }

const loop: Feature = {
  name: 'tools that the client runs by itself',
  answers: saying({ calls: [multiply] }, { text: 'It is 437.' }),
  clients: ['ai-responses'],
  run: async ({ url, model, form, received }) => {
    const given: unknown[] = []
    const settings = {
      ...{ model: aiModel('ai-responses', url, model), prompt: 'How much is 19 times 23?', maxRetries: 0 },
      tools: {
        multiply: tool({
          description: 'Multiplies.',
          inputSchema: z.object({ left: z.number(), right: z.number() }),
          execute: (factors) => {
            given.push(factors)
            return factors.left * factors.right
          },
        }),
      },
      stopWhen: isStepCount(3),
      // Otherwise thinking of earlier steps is only referred to, for a provider that keeps it.
      providerOptions: { openai: { store: false } },
    }
    const text = form === 'whole' ? (await generateText(settings)).text : await streamText(settings).text
    assert.deepEqual([given, text], [[{ left: 19, right: 23 }], 'It is 437.'])
    assert.equal(received().length, 2)
    assert.match(JSON.stringify(received().at(-1)), /call_9.*437/)
  },
}

testMatrix('tools and schemas', [calls, choice, schema, loop])

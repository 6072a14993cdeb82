import assert from 'node:assert/strict'
import type { JsonObject } from '../../core/json.ts'
import type { Feature } from './matrix.ts'
import { anthropicSays, type SaidBlock, textBlock, toolBlock } from './say-anthropic.ts'
import { openaiSays } from './say-openai.ts'
import type { OfferedTool } from './talk.ts'
import { all, endWord } from './words.ts'

const add: OfferedTool = {
  name: 'add',
  description: 'Adds numbers.',
  parameters: { type: 'object', properties: { terms: { type: 'array', items: { type: 'number' } } } },
}
const tools = [add]

const piece = (index: number, more: JsonObject): JsonObject => ({ tool_calls: [{ index, ...more }] })
const begin = (index: number, id: string): JsonObject =>
  piece(index, { id, type: 'function', function: { name: 'add', arguments: '' } })
const more = (index: number, text: string): JsonObject => piece(index, { function: { arguments: text } })
const whole = (id: string, text: string): JsonObject => ({
  id,
  type: 'function',
  function: { name: 'add', arguments: text },
})

/** A call whose input comes in these pieces. */
const inPieces = (id: string, ...pieces: readonly string[]): SaidBlock => ({
  ...toolBlock(id, 'add', JSON.parse(pieces.join(''))),
  deltas: pieces.map((partial_json) => ({ type: 'input_json_delta', partial_json })),
})

const interleaved: Feature = {
  name: 'tool calls in interleaved pieces',
  onlyFake: 'aimock says one call after another',
  answers: {
    openai: [
      openaiSays([
        {
          message: { tool_calls: [whole('a', '{"terms":[1,2]}'), whole('b', '{"terms":[3]}')] },
          deltas: [
            begin(0, 'a'),
            begin(1, 'b'),
            more(0, '{"ter'),
            more(1, '{"terms":'),
            more(0, 'ms":[1,'),
            more(1, '[3]}'),
            more(0, '2]}'),
          ],
          finish: 'tool_calls',
        },
      ]),
    ],
    anthropic: [
      anthropicSays([inPieces('a', '{"ter', 'ms":[1,', '2]}'), inPieces('b', '', '{"terms":', '[3]}')], {
        stop_reason: 'tool_use',
      }),
    ],
    aimock: [],
  },
  clients: all(async (cell) => {
    const heard = await cell.talk().say('Add 1 and 2, and 3.', { tools })
    assert.deepEqual(heard.calls, [
      { id: 'a', name: 'add', input: { terms: [1, 2] } },
      { id: 'b', name: 'add', input: { terms: [3] } },
    ])
    assert.equal(heard.finish, endWord(cell, 'tools'))
  }),
}

const withText: Feature = {
  name: 'words before a tool call',
  answers: {
    openai: [
      openaiSays([
        {
          message: { content: 'Let me add.', tool_calls: [whole('a', '{"terms":[]}')] },
          deltas: [{ content: 'Let me' }, { content: ' add.' }, begin(0, 'a'), more(0, '{"terms":[]}')],
          finish: 'tool_calls',
        },
      ]),
    ],
    anthropic: [
      anthropicSays([textBlock('Let me', ' add.'), inPieces('a', '{"terms":[', ']}')], { stop_reason: 'tool_use' }),
    ],
    aimock: [{ content: 'Let me add.', toolCalls: [{ id: 'a', name: 'add', arguments: '{"terms":[]}' }] }],
  },
  clients: all(async (cell) => {
    const heard = await cell.talk().say('Add nothing.', { tools })
    assert.equal(heard.text, 'Let me add.')
    assert.deepEqual(heard.calls, [{ id: 'a', name: 'add', input: { terms: [] } }])
    assert.equal(heard.finish, endWord(cell, 'tools'))
  }),
}

/** Forced calls end with a plain `stop` at OpenAI; a call without arguments has no input at all at Anthropic. */
const forced: Feature = {
  name: 'a forced tool call without arguments',
  onlyFake: 'aimock always tells arguments, and the same end',
  answers: {
    openai: [
      openaiSays([
        { message: { tool_calls: [whole('a', '{}')] }, deltas: [begin(0, 'a'), more(0, '{}')], finish: 'stop' },
      ]),
    ],
    anthropic: [anthropicSays([{ ...toolBlock('a', 'add', {}), deltas: [] }], { stop_reason: 'tool_use' })],
    aimock: [],
  },
  clients: all(async (cell) => {
    const heard = await cell.talk().say('Add.', { tools, choice: { tool: 'add' } })
    assert.deepEqual(heard.calls, [{ id: 'a', name: 'add', input: {} }])
    const passed = cell.wire === 'openai' && (cell.client === 'openai' || cell.client === 'ai-openai')
    assert.equal(heard.finish, endWord(cell, passed ? 'stop' : 'tools'))
  }),
}

export const toolDetailFeatures: readonly Feature[] = [interleaved, withText, forced]

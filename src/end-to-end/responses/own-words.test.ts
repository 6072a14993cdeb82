import assert from 'node:assert/strict'
import type { ResponseCreateParamsNonStreaming } from 'openai/resources/responses/responses'
import { responsesMessage, responsesWholeItem } from '../../testing/responses-answers.ts'
import { openaiSays } from '../clients/say-openai.ts'
import { openaiClient } from '../clients/talk-openai.ts'
import { assertReceived, type Feature, testMatrix } from './matrix.ts'
import type { Answers, Cell } from './rig.ts'
import { answers, responsesSay, saying } from './say.ts'

type Asked = Omit<ResponseCreateParamsNonStreaming, 'model' | 'stream'>

const ask = async ({ url, model, form }: Cell, asked: Asked) => {
  const { responses } = openaiClient(url)
  const params = { model, ...asked }
  return form === 'whole' ? await responses.create(params) : await responses.stream(params).finalResponse()
}

/** A field of responses that the client's types do not have. */
const isKept = (response: object): unknown => ('store' in response ? response.store : undefined)

/** What only this language can say: it passes to upstreams of it, and is refused by its name for all others. */
const own = (name: string, asked: Asked, field: string, given: Answers = saying({ text: 'Ok.' })): Feature => ({
  name,
  onlyFake: 'what it reads of these fields is its own affair',
  clients: ['responses'],
  answers: given,
  refused: ({ spoken }) => (spoken === 'responses' ? undefined : field),
  run: async (cell) => {
    const response = await ask(cell, asked)
    assert.equal(response.output_text, 'Ok.')
    assert.equal(isKept(response), true, 'the answer is that of the upstream')
    const { model: _, stream: __, ...rest } = cell.received().at(-1) ?? {}
    assert.deepEqual(rest, asked, 'it passes untouched')
  },
})

const search = responsesWholeItem({
  ...{ id: 'ws_1', type: 'web_search_call', status: 'completed' },
  action: { type: 'search', query: 'news', queries: ['news'] },
})
const searching = answers({ responses: [responsesSay([search, responsesMessage(['Ok.'])])], openai: [], anthropic: [] })

const kept: readonly Feature[] = [
  own('an earlier response', { input: 'Go on.', previous_response_id: 'resp_1' }, 'previous_response_id'),
  own('a conversation that is kept', { input: 'Go on.', conversation: 'conv_1' }, 'conversation'),
  own(
    'a reference to an item',
    {
      input: [
        { type: 'item_reference', id: 'msg_1' },
        { role: 'user', content: 'Hm?' },
      ],
    },
    'input[0] (item_reference)',
  ),
  own('an answer in the background', { input: 'Go.', background: true }, 'background'),
  own(
    'a tool of the provider',
    { input: 'News?', tools: [{ type: 'web_search' }] },
    'tools[0] (web_search)',
    searching,
  ),
  own('truncation', { input: 'Go.', truncation: 'auto' }, 'truncation'),
  own('verbosity', { input: 'Go.', text: { verbosity: 'low' } }, 'text.verbosity'),
]

const notKept: Feature = {
  name: 'an answer that nobody keeps',
  onlyFake: 'its own Responses do not say whether they are kept',
  clients: ['responses'],
  answers: saying({ text: 'Ok.' }, { text: 'Ok.' }),
  run: async (cell) => {
    const metadata = { ticket: '7' }
    for (const store of [undefined, true]) {
      const response = await ask(cell, {
        input: 'Go.',
        store,
        metadata,
        max_output_tokens: 99,
        instructions: 'Be brief.',
      })
      assert.equal(response.output_text, 'Ok.')
      // The upstream of this language answers for itself.
      if (cell.spoken === 'responses') continue
      assert.equal(isKept(response), false)
      assert.deepEqual(response.metadata, metadata)
      assert.equal(response.max_output_tokens, 99)
      assert.equal(response.instructions, 'Be brief.')
      assert.ok(!('store' in (cell.received().at(-1) ?? {})))
    }
  },
}

const custom: Feature = {
  name: 'a tool that takes free text',
  onlyFake: 'aimock knows no custom tools',
  clients: ['responses'],
  refused: ({ spoken }) => (spoken === 'anthropic' ? 'the custom tool run_sql' : undefined),
  answers: answers({
    responses: [
      responsesSay([
        {
          begun: {
            id: 'ctc_1',
            type: 'custom_tool_call',
            status: 'in_progress',
            call_id: 'call_7',
            name: 'run_sql',
            input: '',
          },
          done: {
            id: 'ctc_1',
            type: 'custom_tool_call',
            status: 'completed',
            call_id: 'call_7',
            name: 'run_sql',
            input: 'SELECT 1',
          },
          events: [
            ['custom_tool_call_input.delta', { delta: 'SELECT 1' }],
            ['custom_tool_call_input.done', { input: 'SELECT 1' }],
          ],
        },
      ]),
      responsesSay([responsesMessage(['One.'])]),
    ],
    openai: [
      openaiSays([
        {
          message: { tool_calls: [{ id: 'call_7', type: 'custom', custom: { name: 'run_sql', input: 'SELECT 1' } }] },
          deltas: [
            { tool_calls: [{ index: 0, id: 'call_7', type: 'custom', custom: { name: 'run_sql', input: 'SELECT' } }] },
            { tool_calls: [{ index: 0, custom: { input: ' 1' } }] },
          ],
          finish: 'tool_calls',
        },
      ]),
      openaiSays([{ message: { content: 'One.' }, deltas: [{ content: 'One.' }], finish: 'stop' }]),
    ],
    anthropic: [],
  }),
  run: async (cell) => {
    const tools = [{ type: 'custom' as const, name: 'run_sql', description: 'Runs SQL.' }]
    const first = await ask(cell, { input: 'Count.', tools })
    const [call] = first.output
    assert.ok(call?.type === 'custom_tool_call')
    assert.deepEqual([call.call_id, call.name, call.input], ['call_7', 'run_sql', 'SELECT 1'])
    const result = { type: 'custom_tool_call_output' as const, call_id: call.call_id, output: '1' }
    const second = await ask(cell, { input: [{ role: 'user', content: 'Count.' }, call, result], tools })
    assert.equal(second.output_text, 'One.')
    assertReceived(cell, {
      responses: { input: [{}, { type: 'custom_tool_call', input: 'SELECT 1' }, result] },
      openai: {
        messages: [{}, { tool_calls: [{ type: 'custom' }] }, { role: 'tool', tool_call_id: 'call_7', content: '1' }],
      },
    })
  },
}

testMatrix('what only this language says', [...kept, notKept, custom])

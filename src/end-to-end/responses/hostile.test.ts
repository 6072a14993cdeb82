import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import {
  anthropicText,
  type FakeUpstream,
  openaiText,
  type ReceivedRequest,
  responsesText,
  type Step,
  startFakeUpstream,
} from '../../testing/index.ts'
import { anthropicAt, forgetful, type GatewayUnderTest, openaiAt, startGateway } from '../faults/harness.ts'
import { changed, spoilt } from '../hostile/mutations.ts'
import { post } from '../hostile/post.ts'

type Json = Record<string, unknown>

const text = fc.string({ unit: 'grapheme', maxLength: 20 })
const filled = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
const name = fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/)
const schema = fc.constantFrom({ type: 'object' }, { type: 'object', properties: { a: { type: 'string' } } })

const some = (fields: Record<string, fc.Arbitrary<unknown>>, needed: readonly string[]): fc.Arbitrary<Json> =>
  fc.record(fields, { requiredKeys: [...needed] }) as fc.Arbitrary<Json>

const part = fc.oneof(
  fc.record({ type: fc.constant('input_text'), text }),
  fc.record({ type: fc.constant('input_image'), image_url: fc.webUrl({ validSchemes: ['https'] }) }),
)
const item = fc.oneof(
  some(
    {
      type: fc.constant('message'),
      role: fc.constant('user'),
      content: fc.oneof(text, fc.array(part, { minLength: 1, maxLength: 3 })),
    },
    ['role', 'content'],
  ),
  fc.record({ role: fc.constantFrom('system', 'developer'), content: text }),
  fc.record({
    role: fc.constant('assistant'),
    content: fc.array(fc.record({ type: fc.constant('output_text'), text }), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ type: fc.constant('function_call'), call_id: filled, name, arguments: fc.json() }),
  fc.record({ type: fc.constant('function_call_output'), call_id: filled, output: text }),
  fc.record({ type: fc.constant('reasoning'), id: name, summary: fc.constant([]), encrypted_content: filled }),
  fc.record({ type: fc.constantFrom('item_reference', 'web_search_call', 'compaction'), id: name }),
)
const tool = fc.oneof(
  some({ type: fc.constant('function'), name, description: text, parameters: schema, strict: fc.boolean() }, [
    'type',
    'name',
  ]),
  fc.record({ type: fc.constant('custom'), name }),
)
const body = some(
  {
    model: fc.constantFrom('own', 'chat', 'claude'),
    input: fc.oneof(filled, fc.array(item, { minLength: 1, maxLength: 4 })),
    instructions: text,
    stream: fc.boolean(),
    store: fc.boolean(),
    tools: fc.uniqueArray(tool, { maxLength: 3, selector: (each) => each.name }),
    tool_choice: fc.constantFrom('auto', 'none'),
    max_output_tokens: fc.integer({ min: 1, max: 9_999 }),
    temperature: fc.double({ min: 0, max: 2, noNaN: true }),
    reasoning: fc.record({ effort: fc.constantFrom('low', 'high') }),
    text: fc.record({
      format: fc.oneof(
        fc.record({ type: fc.constant('text') }),
        fc.record({ type: fc.constant('json_schema'), name, schema }),
      ),
    }),
    include: fc.subarray(['reasoning.encrypted_content', 'message.output_text.logprobs']),
    metadata: fc.dictionary(name, text, { maxKeys: 2 }),
    previous_response_id: name,
    user: text,
  },
  ['model', 'input'],
)

const valid = body.map((each) => ({ body: JSON.stringify(each), own: each.model === 'own' }))
const near = changed(body)
const cases = fc.oneof(
  { arbitrary: valid, weight: 3 },
  { arbitrary: near.map((each) => ({ body: each, own: false })), weight: 5 },
  { arbitrary: spoilt(near).map((each) => ({ body: each, own: false })), weight: 2 },
)

/** A short answer in the language of the door. */
const healthy = ({ path, body: asked }: ReceivedRequest): Step => {
  const stream = JSON.parse(asked).stream === true
  if (path.endsWith('/responses')) return responsesText('Well.', { stream })
  return path.endsWith('/messages') ? anthropicText('Well.', { stream }) : openaiText('Well.', { stream })
}

describe('generated bodies at the door of Responses', () => {
  let upstream: FakeUpstream
  let gateway: GatewayUnderTest
  before(async () => {
    upstream = await startFakeUpstream()
    upstream.always(healthy)
    gateway = await startGateway(
      {
        providers: {
          own: { kind: 'openai-responses', baseUrl: `${upstream.url}/v1`, apiKey: 'sk-up' },
          chat: openaiAt(upstream.url),
          claude: anthropicAt(upstream.url),
        },
        models: { own: 'own/one', chat: 'chat/one', claude: 'claude/one' },
        // What is answered is prose, whatever was asked for.
        output: false,
      },
      forgetful,
    )
  })
  after(async () => {
    await gateway?.[Symbol.asyncDispose]()
    await upstream.close()
  })

  test('are answered, or refused with a reason, and never break anything', { timeout: 110_000 }, async () => {
    const path = '/v1/responses'
    await fc.assert(
      fc.asyncProperty(cases, async ({ body: asked, own }) => {
        const before = upstream.journal.length
        const { status, text: answer, headers } = await post({ port: gateway.port, path, body: asked })
        assert.equal(upstream.journal.length - before, status === 200 ? 1 : 0)
        if (own) assert.equal(status, 200, answer)
        if (status !== 200) {
          assert.ok(status === 400 || status === 404, `${status}: ${answer.slice(0, 999)}`)
          const { error } = JSON.parse(answer)
          assert.deepEqual(
            [typeof error.message, typeof error.type, typeof error.tollgate.code],
            ['string', 'string', 'string'],
          )
          assert.ok(answer.length < 4_096)
        } else if (String(headers['content-type']).startsWith('text/event-stream')) {
          assert.match(answer, /"type":"response\.completed"/)
          assert.match(answer, /Well\./)
        } else assert.equal(JSON.parse(answer).output[0].content[0].text, 'Well.')
      }),
      { numRuns: 1_500 },
    )
  })
})

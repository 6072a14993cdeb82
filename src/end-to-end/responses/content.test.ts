import assert from 'node:assert/strict'
import { responsesMessage, responsesRefusal, responsesThinking } from '../../testing/responses-answers.ts'
import { anthropicSays, textBlock, thinkingBlock } from '../clients/say-anthropic.ts'
import { openaiSays } from '../clients/say-openai.ts'
import { openaiClient } from '../clients/talk-openai.ts'
import { assertReceived, type Feature, testMatrix } from './matrix.ts'
import { everyClient } from './rig.ts'
import { answers, responsesSay, saying } from './say.ts'

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const url = `data:image/png;base64,${png}`
const pdf = 'JVBERi0xLjQKJSVFT0YK'

const media: Feature = {
  name: 'a picture and a document',
  answers: saying({ text: 'A dot.' }),
  clients: everyClient,
  run: async (cell) => {
    const document = { kind: 'document', name: 'a.pdf', mediaType: 'application/pdf', base64: pdf } as const
    const parts = [{ kind: 'text', text: 'What is it?' }, { kind: 'image', url }, document] as const
    assert.equal((await cell.talk().say(parts)).text, 'A dot.')
    if (cell.maker === 'aimock') return
    const last = JSON.stringify(cell.received().at(-1))
    assert.ok(last.includes(png) && last.includes(pdf))
    assertReceived(cell, {
      responses: {
        input: [
          {
            role: 'user',
            content: [{ type: 'input_text' }, { type: 'input_image', image_url: url }, { type: 'input_file' }],
          },
        ],
      },
      openai: {
        messages: [{ content: [{ type: 'text' }, { type: 'image_url', image_url: { url } }, { type: 'file' }] }],
      },
      anthropic: { messages: [{ content: [{ type: 'text' }, { type: 'image' }, { type: 'document' }] }] },
    })
  },
}

const encrypted = 'gAAAAABo+secret/=='
const signature = 'EqQBCkgIARABGAIiQL3+abc/=='

const thinking: Feature = {
  name: 'thinking, and back to its maker',
  onlyFake: 'aimock keeps no thinking in its journal',
  answers: answers({
    responses: [
      responsesSay([responsesThinking(['Let me', ' see.'], encrypted), responsesMessage(['I see.'])]),
      responsesSay([responsesMessage(['Yes.'])]),
    ],
    openai: [
      openaiSays([
        {
          message: { content: 'I see.', reasoning_content: 'Let me see.' },
          deltas: [{ reasoning_content: 'Let me see.' }, { content: 'I see.' }],
          finish: 'stop',
        },
      ]),
      openaiSays([{ message: { content: 'Yes.' }, deltas: [{ content: 'Yes.' }], finish: 'stop' }]),
    ],
    anthropic: [
      anthropicSays([thinkingBlock(signature, 'Let me', ' see.'), textBlock('I see.')]),
      anthropicSays([textBlock('Yes.')]),
    ],
  }),
  // The AI SDK shows no thinking of chat models and keeps none.
  clients: ['responses', 'ai-responses', 'openai', 'anthropic', 'ai-anthropic'],
  run: async (cell) => {
    const talk = cell.talk()
    const heard = await talk.say('What is it?', { thinks: true })
    assert.equal(heard.text, 'I see.')
    assert.equal(heard.thinking, 'Let me see.')
    assertReceived(cell, {
      responses: { include: ['reasoning.encrypted_content'], reasoning: { effort: 'low' } },
      openai: { reasoning_effort: 'low' },
      anthropic: { thinking: { type: 'enabled' } },
    })
    assert.equal((await talk.say('Sure?', { thinks: true })).text, 'Yes.')
    // A chat upstream takes no thinking back, unless it is known to.
    assertReceived(cell, {
      responses: {
        input: [
          { role: 'user' },
          { type: 'reasoning', id: 'rs_fake01', summary: [{ text: 'Let me see.' }], encrypted_content: encrypted },
          { role: 'assistant' },
          { role: 'user' },
        ],
      },
      openai: { messages: [{ role: 'user' }, { role: 'assistant', content: 'I see.' }, { role: 'user' }] },
      anthropic: {
        messages: [
          { role: 'user' },
          { role: 'assistant', content: [{ type: 'thinking', thinking: 'Let me see.', signature }, { type: 'text' }] },
          { role: 'user' },
        ],
      },
    })
    assert.ok(!JSON.stringify(cell.received()).includes('tollgate.'), 'no envelope of ours leaves')
  },
}

const usage: Feature = {
  name: 'every part of usage',
  onlyFake: 'aimock knows two counts',
  answers: answers({
    responses: [
      responsesSay([responsesMessage(['Ok.'])], { usage: { input: 40, output: 30, cached: 20, reasoning: 12 } }),
    ],
    openai: [
      openaiSays([{ message: { content: 'Ok.' }, deltas: [{ content: 'Ok.' }], finish: 'stop' }], {
        prompt_tokens: 40,
        completion_tokens: 30,
        total_tokens: 70,
        prompt_tokens_details: { cached_tokens: 20 },
        completion_tokens_details: { reasoning_tokens: 12 },
      }),
    ],
    anthropic: [
      anthropicSays([textBlock('Ok.')], {
        usage: {
          input_tokens: 20,
          cache_read_input_tokens: 20,
          output_tokens: 30,
          output_tokens_details: { thinking_tokens: 12 },
        },
      }),
    ],
  }),
  run: async (cell) => {
    const heard = await cell.talk().say('Go.')
    assert.deepEqual([heard.usage.read, heard.usage.fromCache, heard.usage.said], [40, 20, 30])
    // Anthropic's client has a place for it, its provider in the AI SDK too; where it is shown differs by version.
    if (!cell.client.endsWith('anthropic')) assert.equal(heard.usage.thought, 12)
  },
}

const refusal: Feature = {
  name: 'a refusal',
  onlyFake: 'aimock does not refuse',
  answers: answers({
    responses: [responsesSay([responsesRefusal('I cannot.')])],
    openai: [
      openaiSays([
        { message: { content: null, refusal: 'I cannot.' }, deltas: [{ refusal: 'I cannot.' }], finish: 'stop' },
      ]),
    ],
    anthropic: [anthropicSays([textBlock('I cannot.')], { stop_reason: 'refusal' })],
  }),
  run: async (cell) => {
    const heard = await cell.talk().say('Do it.')
    const { native } = heard
    assert.match(JSON.stringify(native), /I cannot\./)
    if (cell.client === 'responses' && cell.spoken !== 'anthropic')
      assert.partialDeepStrictEqual(JSON.parse(JSON.stringify(native)), {
        output: [{ content: [{ type: 'refusal', refusal: 'I cannot.' }] }],
      })
    if (cell.client === 'responses' && cell.spoken === 'anthropic') assert.equal(heard.finish, 'content_filter')
    if (cell.client === 'anthropic') assert.equal(heard.finish, 'refusal')
    if (cell.client.startsWith('ai-') && cell.client !== 'ai-openai') assert.equal(heard.finish, 'content-filter')
  },
}

const page = { url: 'https://news.example/today', title: 'News of today', start_index: 0, end_index: 8 }

const citations: Feature = {
  name: 'citations and log-probabilities',
  onlyFake: 'aimock has neither',
  clients: ['responses', 'openai'],
  refused: ({ client, spoken }) => (client === 'responses' && spoken === 'anthropic' ? 'logprobs' : undefined),
  answers: answers({
    responses: [
      responsesSay([
        responsesMessage(['The news', '.'], {
          annotations: [{ type: 'url_citation', ...page }],
          logprobs: [
            [
              {
                token: 'The news',
                bytes: [84],
                logprob: -0.25,
                top_logprobs: [{ token: 'No', bytes: [78], logprob: -2 }],
              },
            ],
            [{ token: '.', bytes: [46], logprob: -0.5, top_logprobs: [] }],
          ],
        }),
      ]),
    ],
    openai: [
      openaiSays([
        {
          message: { content: 'The news.', annotations: [{ type: 'url_citation', url_citation: page }] },
          deltas: [
            { content: 'The news' },
            { content: '.' },
            { annotations: [{ type: 'url_citation', url_citation: page }] },
          ],
          finish: 'stop',
          logprobs: {
            whole: {
              content: [
                { token: 'The news', bytes: [84], logprob: -0.25, top_logprobs: [] },
                { token: '.', bytes: [46], logprob: -0.5, top_logprobs: [] },
              ],
            },
            pieces: [
              { content: [{ token: 'The news', bytes: [84], logprob: -0.25, top_logprobs: [] }] },
              { content: [{ token: '.', bytes: [46], logprob: -0.5, top_logprobs: [] }] },
              null,
            ],
          },
        },
      ]),
    ],
    anthropic: [],
  }),
  run: async (cell) => {
    const { url: address, model, form, client } = cell
    const openai = openaiClient(address)
    if (client === 'responses') {
      const params = { model, input: 'News?', top_logprobs: 1, include: ['message.output_text.logprobs' as const] }
      const answer =
        form === 'whole' ? await openai.responses.create(params) : await openai.responses.stream(params).finalResponse()
      const [message] = answer.output
      const part = message?.type === 'message' ? message.content[0] : undefined
      assert.ok(part?.type === 'output_text')
      assert.equal(part.text, 'The news.')
      assert.deepEqual(part.annotations, [{ type: 'url_citation', ...page }])
      assert.deepEqual(
        part.logprobs?.map(({ token, logprob }) => [token, logprob]),
        [
          ['The news', -0.25],
          ['.', -0.5],
        ],
      )
    } else {
      const params = { model, messages: [{ role: 'user' as const, content: 'News?' }], logprobs: true, top_logprobs: 1 }
      const { completions } = openai.chat
      const answer =
        form === 'whole' ? await completions.create(params) : await completions.stream(params).finalChatCompletion()
      const [choice] = answer.choices
      assert.equal(choice?.message.content, 'The news.')
      assert.deepEqual(
        choice?.logprobs?.content?.map(({ token, logprob }) => [token, logprob]),
        [
          ['The news', -0.25],
          ['.', -0.5],
        ],
      )
    }
    assertReceived(cell, {
      responses: { top_logprobs: 1, include: ['message.output_text.logprobs'] },
      openai: { logprobs: true, top_logprobs: 1 },
    })
  },
}

testMatrix('content', [media, thinking, usage, refusal, citations])

import assert from 'node:assert/strict'
import { type BedrockBlock, bedrockTextBlock, bedrockThinkingBlock } from '../../testing/index.ts'
import { anthropicSays, redactedBlock, textBlock, thinkingBlock } from '../clients/say-anthropic.ts'
import { openaiSays } from '../clients/say-openai.ts'
import type { UserPart } from '../clients/talk.ts'
import { assertReceived, endWord, type Feature, testMatrix } from './matrix.ts'
import { type ClientName, clientNames } from './rig.ts'
import { answers, bedrockSays, saying } from './say.ts'

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const pdf = 'JVBERi0xLjQKJSVFT0YK'
const look: UserPart = { kind: 'text', text: 'What is it?' }

const media: Feature = {
  name: 'a picture and a document',
  answers: saying({ text: 'A dot.' }),
  run: async (cell) => {
    const document: UserPart = { kind: 'document', name: 'report.pdf', mediaType: 'application/pdf', base64: pdf }
    const parts: UserPart[] = [look, { kind: 'image', url: `data:image/png;base64,${png}` }, document]
    assert.equal((await cell.talk().say(parts)).text, 'A dot.')
    assertReceived(cell, {
      bedrock: {
        messages: [
          {
            content: [
              { text: 'What is it?' },
              { image: { format: 'png', source: { bytes: png } } },
              { document: { format: 'pdf', source: { bytes: pdf } } },
            ],
          },
        ],
      },
      openai: { messages: [{ content: [{ type: 'text' }, { type: 'image_url' }, { type: 'file' }] }] },
      anthropic: { messages: [{ content: [{ type: 'text' }, { type: 'image' }, { type: 'document' }] }] },
    })
  },
}

const address: Feature = {
  name: 'a picture by its address, which Amazon does not fetch',
  // The AI SDK's provider for Google fetches it by itself.
  clients: clientNames.filter((client) => client !== 'bedrock' && client !== 'ai-google'),
  answers: saying({ text: 'A dot.' }),
  refused: () => 'an image by its address',
  run: async (cell) => {
    await cell.talk().say([look, { kind: 'image', url: 'https://example.com/a.png' }])
  },
}

const signature = 'EqQBCkgIARABGAIiQL3+abc/=='
const hidden = 'cmVkYWN0ZWQ='
const format = 'anthropic-claude-v1'
const redacted: BedrockBlock = {
  whole: { reasoningContent: { redactedContent: hidden } },
  deltas: [{ reasoningContent: { redactedContent: hidden } }],
}

const thinking: Feature = {
  name: 'thinking, and back to its maker',
  // The AI SDK's provider for Google keeps one proof of several.
  clients: clientNames.filter((client) => client !== 'ai-google'),
  onlyFake: 'aimock keeps no thinking in its journal',
  answers: answers({
    bedrock: [
      bedrockSays([bedrockThinkingBlock(signature, 'Let me', ' see.'), redacted, bedrockTextBlock('I see.')]),
      bedrockSays([bedrockTextBlock('Yes.')]),
    ],
    openai: [
      openaiSays([
        {
          message: {
            content: 'I see.',
            reasoning: 'Let me see.',
            reasoning_details: [{ type: 'reasoning.text', text: 'Let me see.', signature, format, index: 0 }],
          },
          deltas: [
            {
              reasoning: 'Let me see.',
              reasoning_details: [{ type: 'reasoning.text', text: 'Let me see.', signature, format, index: 0 }],
            },
            { content: 'I see.' },
          ],
          finish: 'stop',
        },
      ]),
      openaiSays([{ message: { content: 'Yes.' }, deltas: [{ content: 'Yes.' }], finish: 'stop' }]),
    ],
    anthropic: [
      anthropicSays([thinkingBlock(signature, 'Let me', ' see.'), redactedBlock(hidden), textBlock('I see.')]),
      anthropicSays([textBlock('Yes.')]),
    ],
  }),
  run: async (cell) => {
    const talk = cell.talk()
    const heard = await talk.say('What is it?', { thinks: true })
    assert.equal(heard.text, 'I see.')
    // The AI SDK's provider for OpenAI's chat shows no thinking and keeps none.
    const isBlind = cell.client === 'ai-openai'
    if (!isBlind) assert.equal(heard.thinking, 'Let me see.')
    const asked = { thinking: { type: 'enabled', budget_tokens: 2048 } }
    assertReceived(cell, { bedrock: { additionalModelRequestFields: asked }, anthropic: asked })
    assert.equal((await talk.say('Sure?', { thinks: true })).text, 'Yes.')
    const last = JSON.stringify(cell.received().at(-1))
    assert.match(last, /I see\./)
    assert.doesNotMatch(last, /tollgate/)
    if (isBlind) return assert.doesNotMatch(last, /Let me see/)
    assertReceived(cell, {
      bedrock: {
        messages: [
          {},
          {
            content: [
              { reasoningContent: { reasoningText: { text: 'Let me see.', signature } } },
              { reasoningContent: { redactedContent: hidden } },
              { text: 'I see.' },
            ],
          },
          {},
        ],
      },
      anthropic: {
        messages: [
          {},
          { content: [{ type: 'thinking', thinking: 'Let me see.', signature }, { data: hidden }, {}] },
          {},
        ],
      },
    })
  },
}

const usage: Feature = {
  name: 'every part of usage',
  onlyFake: 'aimock reports no parts',
  answers: answers({
    bedrock: [
      bedrockSays([bedrockTextBlock('Hm.')], {
        nativeUsage: {
          ...{ inputTokens: 60, outputTokens: 30, totalTokens: 150, cacheReadInputTokens: 40 },
          ...{
            cacheWriteInputTokens: 20,
            cacheDetails: [
              { ttl: '1h', inputTokens: 5 },
              { ttl: '5m', inputTokens: 15 },
            ],
          },
        },
      }),
    ],
    openai: [
      openaiSays([{ message: { content: 'Hm.' }, deltas: [{ content: 'Hm.' }], finish: 'stop' }], {
        ...{ prompt_tokens: 120, completion_tokens: 30, total_tokens: 150 },
        prompt_tokens_details: { cached_tokens: 40, cache_write_tokens: 20 },
      }),
    ],
    anthropic: [
      anthropicSays([textBlock('Hm.')], {
        usage: {
          ...{ input_tokens: 60, cache_read_input_tokens: 40, cache_creation_input_tokens: 20, output_tokens: 30 },
          cache_creation: { ephemeral_5m_input_tokens: 15, ephemeral_1h_input_tokens: 5 },
        },
      }),
    ],
  }),
  run: async (cell) => {
    const { usage: told, native } = await cell.talk().say('Hm?')
    assert.deepEqual([told.read, told.fromCache, told.said], [120, 40, 30])
    if (cell.client !== 'bedrock' || cell.wire === 'openai') return
    const { usage: own } = native as { usage: object }
    assert.partialDeepStrictEqual(own, {
      inputTokens: 60,
      totalTokens: 150,
      cacheDetails: [
        { ttl: '1h', inputTokens: 5 },
        { ttl: '5m', inputTokens: 15 },
      ],
    })
  },
}

const page = { url: 'https://example.com/tea', title: 'Tea' }
const citation = { title: page.title, sourceContent: [{ text: 'Tea is hot' }], location: { web: { url: page.url } } }
const ofDocument = { title: 'Book', location: { documentPage: { documentIndex: 0, start: 1, end: 2 } } }

const citations: Feature = {
  name: 'citations of web pages',
  onlyFake: 'aimock cites nothing',
  clients: ['bedrock', 'openai', 'responses', 'ai-responses', 'anthropic', 'ai-anthropic'],
  answers: answers({
    bedrock: [
      bedrockSays([
        {
          whole: { citationsContent: { content: [{ text: 'Tea is hot.' }], citations: [citation, ofDocument] } },
          deltas: [{ text: 'Tea is hot.' }, { citation }, { citation: ofDocument }],
        },
      ]),
    ],
    openai: [
      openaiSays([
        {
          message: {
            content: 'Tea is hot.',
            annotations: [{ type: 'url_citation', url_citation: { start_index: 0, end_index: 3, ...page } }],
          },
          deltas: [
            { content: 'Tea is hot.' },
            { annotations: [{ type: 'url_citation', url_citation: { start_index: 0, end_index: 3, ...page } }] },
          ],
          finish: 'stop',
        },
      ]),
    ],
    anthropic: [
      anthropicSays([
        {
          whole: { type: 'text', text: 'Tea is hot.', citations: [{ type: 'web_search_result_location', ...page }] },
          start: { type: 'text', text: '', citations: [] },
          deltas: [
            { type: 'text_delta', text: 'Tea is hot.' },
            { type: 'citations_delta', citation: { type: 'web_search_result_location', ...page } },
          ],
        },
      ]),
    ],
  }),
  run: async (cell) => {
    const heard = await cell.talk().say('Is tea hot?')
    assert.equal(heard.text, 'Tea is hot.')
    const told = JSON.stringify(heard.native)
    // Anthropic's citations must prove the search they come from, which no other provider can.
    const lost = cell.client === 'anthropic' || cell.client === 'ai-anthropic'
    assert.equal(told.includes(page.url), !lost)
    if (cell.client === 'bedrock' && cell.wire === 'bedrock') assert.ok(told.includes('documentPage'))
  },
}

const blocked: Feature = {
  name: 'an answer that a guardrail blocked',
  onlyFake: 'aimock blocks nothing',
  answers: answers({
    bedrock: [bedrockSays([bedrockTextBlock('Sorry.')], { finish: 'guardrail_intervened' })],
    openai: [
      openaiSays([{ message: { content: 'Sorry.' }, deltas: [{ content: 'Sorry.' }], finish: 'content_filter' }]),
    ],
    anthropic: [anthropicSays([textBlock('Sorry.')], { stop_reason: 'refusal' })],
  }),
  run: async (cell) => {
    const { text, finish } = await cell.talk().say('Do evil.')
    assert.equal(text, 'Sorry.')
    const words: Readonly<Partial<Record<ClientName, string>>> = {
      bedrock: cell.wire === 'bedrock' ? 'guardrail_intervened' : 'content_filtered',
      openai: 'content_filter',
      anthropic: 'refusal',
      'ai-openai': 'content-filter',
      'ai-anthropic': 'content-filter',
      'ai-responses': 'content-filter',
    }
    if (words[cell.client]) assert.equal(finish, words[cell.client])
  },
}

const ends: Feature = {
  name: 'words before a tool call',
  answers: answers(
    {
      bedrock: [
        bedrockSays([
          bedrockTextBlock('Let me', ' add.'),
          {
            whole: { toolUse: { toolUseId: 'a', name: 'add', input: {} } },
            start: { toolUse: { toolUseId: 'a', name: 'add' } },
            deltas: [],
          },
        ]),
      ],
      openai: [],
      anthropic: [
        anthropicSays(
          [
            textBlock('Let me', ' add.'),
            {
              whole: { type: 'tool_use', id: 'a', name: 'add', input: {} },
              start: { type: 'tool_use', id: 'a', name: 'add', input: {} },
              deltas: [],
            },
          ],
          { stop_reason: 'tool_use' },
        ),
      ],
    },
    [{ content: 'Let me add.', toolCalls: [{ id: 'a', name: 'add', arguments: '{}' }] }],
  ),
  run: async (cell) => {
    if (cell.wire === 'openai') return
    const tools = [{ name: 'add', description: 'Adds.', parameters: { type: 'object', properties: {} } }]
    const heard = await cell.talk().say('Add.', { tools })
    assert.deepEqual([heard.text, heard.calls], ['Let me add.', [{ id: 'a', name: 'add', input: {} }]])
    assert.equal(heard.finish, endWord(cell, 'tools'))
  },
}

testMatrix('content', [media, address, thinking, usage, citations, blocked, ends])

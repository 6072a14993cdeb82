import assert from 'node:assert/strict'
import type { JsonObject } from '../../core/json.ts'
import { anthropicSays, textBlock } from '../clients/say-anthropic.ts'
import { openaiSays } from '../clients/say-openai.ts'
import type { UserPart } from '../clients/talk.ts'
import { assertReceived, endWord, type Feature, testMatrix } from './matrix.ts'
import type { Cell } from './rig.ts'
import { answers, geminiSays, saying } from './say.ts'

/** A picture of one black pixel. */
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='
const pdf = Buffer.from('%PDF-1.4\n%%EOF\n').toString('base64')
const look: UserPart = { kind: 'text', text: 'What is this?' }

interface Shown {
  readonly name: string
  readonly part: UserPart
  readonly gemini: JsonObject
  readonly openai: JsonObject
  readonly anthropic: JsonObject
}

const things: readonly Shown[] = [
  {
    name: 'a picture',
    part: { kind: 'image', url: `data:image/png;base64,${pixel}` },
    gemini: { inlineData: { mimeType: 'image/png', data: pixel } },
    openai: { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } },
    anthropic: { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } },
  },
  {
    name: 'a document',
    part: { kind: 'document', name: 'empty.pdf', mediaType: 'application/pdf', base64: pdf },
    gemini: { inlineData: { mimeType: 'application/pdf', data: pdf } },
    openai: { type: 'file', file: { file_data: `data:application/pdf;base64,${pdf}` } },
    anthropic: { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: pdf } },
  },
]

const showing = things.map(
  ({ name, part, gemini, openai, anthropic }): Feature => ({
    name,
    answers: saying({ text: 'It is black.' }),
    run: async (cell) => {
      assert.equal((await cell.talk().say([part, look])).text, 'It is black.')
      const asked = { type: 'text', text: 'What is this?' }
      assertReceived(cell, {
        gemini: { contents: [{ role: 'user', parts: [gemini, { text: 'What is this?' }] }] },
        openai: { messages: [{ role: 'user', content: [openai, asked] }] },
        anthropic: { messages: [{ role: 'user', content: [anthropic, asked] }] },
      })
    },
  }),
)

const address: Feature = {
  name: 'a picture by its address',
  answers: saying({ text: 'It is black.' }),
  // The AI SDK fetches it by itself.
  clients: ['google', 'openai', 'anthropic'],
  run: async (cell) => {
    const url = 'https://example.com/a.png?x=1&y=%20'
    assert.equal((await cell.talk().say([{ kind: 'image', url }, look])).text, 'It is black.')
    assertReceived(cell, {
      gemini: { contents: [{ parts: [{ fileData: { fileUri: url, mimeType: 'image/png' } }, {}] }] },
      openai: { messages: [{ content: [{ type: 'image_url', image_url: { url } }, {}] }] },
      anthropic: { messages: [{ content: [{ type: 'image', source: { type: 'url', url } }, {}] }] },
    })
  },
}

const usage: Feature = {
  name: 'every part of usage',
  onlyFake: 'aimock reports no parts',
  answers: answers({
    gemini: [
      geminiSays([{ text: 'Hm.' }], {
        usageMetadata: {
          promptTokenCount: 100,
          cachedContentTokenCount: 40,
          toolUsePromptTokenCount: 20,
          candidatesTokenCount: 18,
          thoughtsTokenCount: 12,
          totalTokenCount: 150,
        },
      }),
    ],
    openai: [
      openaiSays([{ message: { content: 'Hm.' }, deltas: [{ content: 'Hm.' }], finish: 'stop' }], {
        prompt_tokens: 120,
        completion_tokens: 30,
        total_tokens: 150,
        prompt_tokens_details: { cached_tokens: 40 },
        completion_tokens_details: { reasoning_tokens: 12 },
      }),
    ],
    anthropic: [
      anthropicSays([textBlock('Hm.')], {
        usage: {
          input_tokens: 80,
          cache_read_input_tokens: 40,
          output_tokens: 30,
          output_tokens_details: { thinking_tokens: 12 },
        },
      }),
    ],
  }),
  run: async (cell) => {
    const { read, fromCache, said, thought } = (await cell.talk().say('Hm?')).usage
    // Google tells what its tools brought in beside the prompt, not within.
    const prompt = cell.wire === 'gemini' && cell.client === 'google' ? 100 : 120
    assert.deepEqual({ read, fromCache, said, thought }, { read: prompt, fromCache: 40, said: 30, thought: 12 })
  },
}

const page = { uri: 'https://example.com/tea', title: 'Tea' }

const citations: Feature = {
  name: 'citations of web pages',
  onlyFake: 'aimock cites nothing',
  answers: answers({
    gemini: [
      geminiSays([{ text: 'Grüner ' }, { text: 'Tee.' }], {
        candidate: {
          groundingMetadata: {
            groundingChunks: [{ web: page }],
            groundingSupports: [{ segment: { startIndex: 8, endIndex: 12, text: 'Tee.' }, groundingChunkIndices: [0] }],
          },
        },
      }),
    ],
    openai: [
      openaiSays([
        {
          message: {
            content: 'Grüner Tee.',
            annotations: [
              {
                type: 'url_citation',
                url_citation: { url: page.uri, title: page.title, start_index: 7, end_index: 11 },
              },
            ],
          },
          deltas: [
            { content: 'Grüner Tee.' },
            {
              annotations: [
                {
                  type: 'url_citation',
                  url_citation: { url: page.uri, title: page.title, start_index: 7, end_index: 11 },
                },
              ],
            },
          ],
          finish: 'stop',
        },
      ]),
    ],
    anthropic: [
      anthropicSays([
        {
          whole: { type: 'text', text: 'Grüner Tee.', citations: [citation()] },
          start: { type: 'text', text: '', citations: [] },
          deltas: [
            { type: 'citations_delta', citation: citation() },
            { type: 'text_delta', text: 'Grüner Tee.' },
          ],
        },
      ]),
    ],
  }),
  run: async (cell) => {
    const heard = await cell.talk().say('Which tea?')
    assert.equal(heard.text, 'Grüner Tee.')
    const native = JSON.stringify(heard.native)
    // Anthropic's citations must prove the search they come from, which no other provider can.
    if (cell.client.endsWith('anthropic')) return assert.doesNotMatch(native, /example\.com/)
    if (cell.client === 'ai-openai') return
    assert.ok(native.includes(page.uri), native)
    if (cell.client === 'openai') assert.match(native, /"start_index":7,"end_index":11/)
    if (cell.client === 'google' && cell.wire !== 'anthropic')
      assert.match(native, /"startIndex":8,"endIndex":12,"text":"Tee\."/)
  },
}

function citation() {
  return {
    type: 'web_search_result_location',
    url: page.uri,
    title: page.title,
    cited_text: 'Tee',
    encrypted_index: 'E',
  }
}

const blocked: Feature = {
  name: 'an answer that is stopped for safety',
  onlyFake: 'aimock blocks nothing',
  answers: answers({
    gemini: [geminiSays([{ text: 'First' }], { finish: 'SAFETY' })],
    openai: [openaiSays([{ message: { content: 'First' }, deltas: [{ content: 'First' }], finish: 'content_filter' }])],
    anthropic: [anthropicSays([textBlock('First')], { stop_reason: 'refusal' })],
  }),
  run: async (cell) => {
    const heard = await cell.talk().say('Do evil.')
    assert.equal(heard.text, 'First')
    assert.equal(heard.finish, endWord(cell, 'blocked'))
  },
}

/** A prompt that is blocked has no candidates: whoever asked hears why in Google's words, or that it was filtered. */
const blockedPrompt: Feature = {
  name: 'a prompt that is blocked',
  onlyFake: 'aimock blocks nothing',
  clients: ['google', 'openai', 'anthropic'],
  answers: answers({
    gemini: [blockedStep],
    openai: [],
    anthropic: [],
  }),
  run: async (cell) => {
    if (cell.wire !== 'gemini') return
    const heard = await cell.talk().say('Do evil.')
    assert.equal(heard.text, '')
    if (cell.client === 'google') assert.match(JSON.stringify(heard.native), /"blockReason":"PROHIBITED_CONTENT"/)
    else assert.equal(heard.finish, endWord(cell, 'blocked'))
  },
}

function blockedStep({ path }: { readonly path: string }) {
  const body = JSON.stringify({
    promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
    usageMetadata: { promptTokenCount: 5, totalTokenCount: 5 },
    modelVersion: 'gemini-3.6-flash',
  })
  return path.includes('stream') ? { events: [`data: ${body}\r\n\r\n`] } : { body }
}

const picture: Feature = {
  name: 'a picture that the model makes',
  onlyFake: 'aimock draws nothing',
  clients: ['google', 'ai-google', 'openai'],
  answers: answers({
    gemini: [geminiSays([{ text: 'Here.' }, { inlineData: { mimeType: 'image/png', data: pixel } }])],
    openai: [],
    anthropic: [],
  }),
  run: async (cell: Cell) => {
    if (cell.wire !== 'gemini') return
    const heard = await cell.talk().say('Draw.')
    assert.equal(heard.text, 'Here.')
    if (cell.client === 'google') assert.ok(JSON.stringify(heard.native).includes(pixel))
  },
}

testMatrix('content', [...showing, address, usage, citations, blocked, blockedPrompt, picture])

import assert from 'node:assert/strict'
import type { ChatCompletion } from 'openai/resources/chat/completions'
import type { Cell } from './cell.ts'
import type { Feature } from './matrix.ts'
import { anthropicSays, textBlock } from './say-anthropic.ts'
import { openaiSays } from './say-openai.ts'
import { all, endWord } from './words.ts'

const usage: Feature = {
  name: 'every part of usage',
  onlyFake: 'aimock reports no parts',
  answers: {
    openai: [
      openaiSays([{ message: { content: 'Hm.' }, deltas: [{ content: 'Hm.' }], finish: 'stop' }], {
        prompt_tokens: 120,
        completion_tokens: 30,
        total_tokens: 150,
        prompt_tokens_details: { cached_tokens: 40, cache_write_tokens: 20, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 12, audio_tokens: 0 },
      }),
    ],
    anthropic: [
      anthropicSays([textBlock('Hm.')], {
        usage: {
          input_tokens: 60,
          cache_read_input_tokens: 40,
          cache_creation_input_tokens: 20,
          cache_creation: { ephemeral_5m_input_tokens: 15, ephemeral_1h_input_tokens: 5 },
          output_tokens: 30,
          output_tokens_details: { thinking_tokens: 12 },
        },
      }),
    ],
    aimock: [],
  },
  clients: all(async (cell) => {
    const heard = await cell.talk().say('Hm?')
    assert.deepEqual(heard.usage, { read: 120, fromCache: 40, toCache: 20, said: 30, thought: 12 })
    if (cell.client !== 'anthropic') return
    // The client reads lives only where a stream begins, when other providers have told no usage yet.
    const late = cell.wire === 'openai' && cell.form === 'stream'
    const lives = cell.wire === 'anthropic' ? [15, 5] : late ? [0, 0] : [20, 0]
    const native = JSON.parse(JSON.stringify(heard.native))
    assert.equal(native.usage.input_tokens, 60)
    assert.deepEqual(Object.values(native.usage.cache_creation), lives)
  }),
}

const messageOf = (native: unknown): ChatCompletion.Choice['message'] => {
  const choice = (native as ChatCompletion).choices[0]
  assert.ok(choice)
  return choice.message
}

const words = 'I cannot help with that.'

const refusal: Feature = {
  name: 'a refusal',
  onlyFake: 'aimock does not refuse',
  answers: {
    openai: [
      openaiSays([
        {
          message: { refusal: words },
          deltas: [{ refusal: 'I cannot' }, { refusal: ' help with that.' }],
          finish: 'stop',
        },
      ]),
    ],
    anthropic: [
      anthropicSays([textBlock('I cannot', ' help with that.')], {
        stop_reason: 'refusal',
        stop_details: { type: 'refusal', category: 'cyber', explanation: null },
      }),
    ],
    aimock: [],
  },
  clients: all(async (cell) => {
    const heard = await cell.talk().say('Do evil.')
    if (cell.client === 'openai' && cell.wire === 'openai') {
      assert.equal(messageOf(heard.native).refusal, words)
      assert.equal(heard.text, '')
      assert.equal(heard.finish, 'stop')
      return
    }
    assert.equal(heard.text, words)
    assert.equal(heard.finish, endWord(cell, 'refusal'))
  }),
}

const page = { url: 'https://example.com/tea', title: 'Tea' }

/** The addresses of the pages that an answer cites. */
const cited = ({ client }: Cell, native: unknown): readonly string[] => {
  const plain = JSON.parse(JSON.stringify(native))
  if (client === 'openai')
    return (messageOf(native).annotations ?? []).map(({ url_citation }) => `${url_citation.url} ${url_citation.title}`)
  if (client === 'anthropic')
    return plain.content.flatMap(({ citations }: { citations?: readonly { url: string; title: string }[] }) =>
      (citations ?? []).map(({ url, title }) => `${url} ${title}`),
    )
  return plain.content
    .filter(({ type }: { type: string }) => type === 'source')
    .map(({ url, title }: { url: string; title: string }) => `${url} ${title}`)
}

const citations: Feature = {
  name: 'citations of web pages',
  onlyFake: 'aimock cites nothing',
  answers: {
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
          whole: { type: 'text', text: 'Tea is hot.', citations: [citation()] },
          start: { type: 'text', text: '', citations: [] },
          deltas: [
            { type: 'citations_delta', citation: citation() },
            { type: 'text_delta', text: 'Tea is hot.' },
          ],
        },
      ]),
    ],
    aimock: [],
  },
  clients: all(async (cell) => {
    const heard = await cell.talk().say('Is tea hot?')
    assert.equal(heard.text, 'Tea is hot.')
    // Anthropic's citations must prove the search they come from, which no other provider can.
    const lost = cell.wire === 'openai' && (cell.client === 'anthropic' || cell.client === 'ai-anthropic')
    assert.deepEqual(cited(cell, heard.native), lost ? [] : [`${page.url} ${page.title}`])
  }),
}

function citation() {
  return { type: 'web_search_result_location', ...page, cited_text: 'Tea is hot', encrypted_index: 'Eo8B' }
}

export const answerFeatures: readonly Feature[] = [usage, refusal, citations]

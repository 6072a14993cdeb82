import assert from 'node:assert/strict'
import { generateText, streamText } from 'ai'
import { assertReceived } from './bodies.ts'
import type { Cell, Run } from './cell.ts'
import type { Feature } from './matrix.ts'
import { saying } from './say.ts'
import { openaiSays, type SaidChoice } from './say-openai.ts'
import { aiModel } from './talk-ai.ts'
import { anthropicClient } from './talk-anthropic.ts'
import { openaiClient } from './talk-openai.ts'
import { no } from './words.ts'

const messages = [{ role: 'user' as const, content: 'Toss a coin.' }]

const tossed = (side: string): SaidChoice => ({
  message: { content: side },
  deltas: [{ content: side.slice(0, 2) }, { content: side.slice(2) }],
  finish: 'stop',
})

const choices: Feature = {
  name: 'two answers at once',
  onlyFake: 'aimock gives one answer',
  answers: { openai: [openaiSays([tossed('heads'), tossed('tails')])], anthropic: [], aimock: [] },
  clients: {
    openai: async ({ url, model, form, ...cell }) => {
      const params = { model, messages, n: 2 }
      const { completions } = openaiClient(url).chat
      const heard =
        form === 'whole' ? await completions.create(params) : await completions.stream(params).finalChatCompletion()
      assert.deepEqual(
        heard.choices.map(({ index, message, finish_reason }) => [index, message.content, finish_reason]),
        [
          [0, 'heads', 'stop'],
          [1, 'tails', 'stop'],
        ],
      )
      assertReceived({ url, model, form, ...cell }, { openai: { n: 2 }, anthropic: {} })
    },
    anthropic: no('Anthropic gives one answer'),
    'ai-openai': no('the AI SDK asks for one answer'),
    'ai-anthropic': no('the AI SDK asks for one answer'),
  },
  refused: { openai: { anthropic: 'n' } },
}

const token = (text: string, logprob: number) => ({
  token: text,
  logprob,
  bytes: [...Buffer.from(text)],
  top_logprobs: [
    { token: text, logprob, bytes: [...Buffer.from(text)] },
    { token: '?', logprob: -5, bytes: [63] },
  ],
})
const tokens = [token('Ja', -0.25), token('ü', -1.5)]

const likely = openaiSays([
  {
    message: { content: 'Jaü' },
    deltas: [{ content: 'Ja' }, { content: 'ü' }],
    finish: 'stop',
    logprobs: {
      whole: { content: tokens, refusal: null },
      pieces: tokens.map((each) => ({ content: [each], refusal: null })),
    },
  },
])

const askAi = async (cell: Cell): Promise<unknown> => {
  let failure: unknown
  const settings = {
    model: aiModel(cell.client, cell.url, cell.model),
    messages,
    maxRetries: 0,
    providerOptions: { openai: { logprobs: 2 } },
    onError: ({ error }: { error: unknown }): void => {
      failure ??= error
    },
  }
  const asked = cell.form === 'whole' ? generateText(settings) : streamText(settings).finalStep
  const heard = await Promise.resolve(asked).catch((error: unknown) => {
    throw failure ?? error
  })
  return ('finalStep' in heard ? heard.finalStep : heard).providerMetadata?.openai?.logprobs
}

const logProbs: Feature = {
  name: 'log-probabilities',
  onlyFake: 'aimock tells none',
  answers: { openai: [likely], anthropic: [], aimock: [] },
  clients: {
    openai: async (cell) => {
      const params = { model: cell.model, messages, logprobs: true, top_logprobs: 2 }
      const { completions } = openaiClient(cell.url).chat
      const heard =
        cell.form === 'whole'
          ? await completions.create(params)
          : await completions.stream(params).finalChatCompletion()
      assert.deepEqual(heard.choices[0]?.logprobs?.content, tokens)
      assertReceived(cell, { openai: { logprobs: true, top_logprobs: 2 }, anthropic: {} })
    },
    'ai-openai': async (cell) => {
      const heard = (await askAi(cell)) as { token: string; logprob: number }[]
      assert.deepEqual(
        heard.map(({ token: text, logprob }) => [text, logprob]),
        [
          ['Ja', -0.25],
          ['ü', -1.5],
        ],
      )
      assertReceived(cell, { openai: { logprobs: true, top_logprobs: 2 }, anthropic: {} })
    },
    anthropic: no('Anthropic tells none'),
    'ai-anthropic': no('Anthropic tells none'),
  },
  refused: { openai: { anthropic: 'logprobs' }, 'ai-openai': { anthropic: 'logprobs' } },
}

/** A field that neither the client nor the gateway knows, as providers invent them every month. */
const invented = { invented_field: { deep: [1, 'two', null] } }

const asking: Record<'openai' | 'anthropic', Run> = {
  openai: async (cell) => {
    const params = { model: cell.model, messages, ...invented }
    const { completions } = openaiClient(cell.url).chat
    const heard =
      cell.form === 'whole' ? await completions.create(params) : await completions.stream(params).finalChatCompletion()
    assert.equal(heard.choices[0]?.message.content, 'Fine.')
    assertReceived(cell, { openai: invented, anthropic: {}, aimock: invented })
  },
  anthropic: async (cell) => {
    const params = { model: cell.model, messages, max_tokens: 9, ...invented }
    const { messages: resource } = anthropicClient(cell.url)
    const heard = cell.form === 'whole' ? await resource.create(params) : await resource.stream(params).finalMessage()
    assert.partialDeepStrictEqual(JSON.parse(JSON.stringify(heard.content)), [{ type: 'text', text: 'Fine.' }])
    assertReceived(cell, { openai: {}, anthropic: invented })
  },
}

const newField: Feature = {
  name: 'a field of tomorrow',
  answers: saying({ text: 'Fine.' }),
  clients: {
    ...asking,
    'ai-openai': no('the AI SDK sends only fields it knows'),
    'ai-anthropic': no('the AI SDK sends only fields it knows'),
  },
  refused: { openai: { anthropic: 'invented_field' }, anthropic: { openai: 'invented_field' } },
}

const unasked: Feature = {
  name: 'usage that nobody asked for',
  forms: ['stream'],
  answers: saying({ text: 'One two three.' }),
  clients: {
    openai: async (cell) => {
      const params = { model: cell.model, messages, stream: true as const }
      let text = ''
      for await (const { choices: told, usage } of await openaiClient(cell.url).chat.completions.create(params)) {
        assert.equal(told.length, 1)
        assert.equal(usage ?? null, null)
        text += told[0]?.delta.content ?? ''
      }
      assert.equal(text, 'One two three.')
      // What the answer cost is known from it all the same.
      assertReceived(cell, { openai: { stream_options: { include_usage: true } }, anthropic: { stream: true } })
    },
    anthropic: no('Anthropic always tells usage'),
    'ai-openai': no('the AI SDK always asks for usage'),
    'ai-anthropic': no('Anthropic always tells usage'),
  },
}

export const ownWordFeatures: readonly Feature[] = [choices, logProbs, newField, unasked]

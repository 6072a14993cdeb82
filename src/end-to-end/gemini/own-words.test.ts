import assert from 'node:assert/strict'
import {
  type GenerateContentConfig,
  type GenerateContentResponse,
  HarmBlockThreshold,
  HarmCategory,
} from '@google/genai'
import { generateText, Output, streamText } from 'ai'
import { zodResponseFormat } from 'openai/helpers/zod'
import * as z from 'zod'
import { openaiSays } from '../clients/say-openai.ts'
import { aiModel } from '../clients/talk-ai.ts'
import { anthropicClient } from '../clients/talk-anthropic.ts'
import { openaiClient } from '../clients/talk-openai.ts'
import { assertReceived, type Feature, testMatrix } from './matrix.ts'
import type { Cell } from './rig.ts'
import { answers, geminiSays, saying } from './say.ts'
import { googleClient } from './talk-google.ts'

const Person = z.object({ name: z.string(), age: z.number().int() })
const person = { name: 'Zoë "Z" Müller', age: 41 }
const question = 'Who is it?'
const jsonSchema = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
  required: ['name', 'age'],
  additionalProperties: false,
}

const parseWith: Partial<Record<Cell['client'], (cell: Cell) => Promise<unknown>>> = {
  google: async ({ url, model, form }) => {
    const { models } = googleClient(url)
    const config = { responseMimeType: 'application/json', responseJsonSchema: jsonSchema }
    const params = { model, contents: question, config }
    if (form === 'whole') return JSON.parse((await models.generateContent(params)).text ?? '')
    let text = ''
    for await (const piece of await models.generateContentStream(params)) text += piece.text ?? ''
    return JSON.parse(text)
  },
  'ai-google': async ({ url, model, form }) => {
    const output = Output.object({ schema: Person, name: 'person' })
    const settings = { model: aiModel('ai-google', url, model), prompt: question, maxRetries: 0, output }
    return form === 'whole' ? (await generateText(settings)).output : await streamText(settings).output
  },
  openai: async ({ url, model, form }) => {
    const messages = [{ role: 'user' as const, content: question }]
    const params = { model, messages, response_format: zodResponseFormat(Person, 'person') }
    const { completions } = openaiClient(url).chat
    const answer =
      form === 'whole' ? await completions.parse(params) : await completions.stream(params).finalChatCompletion()
    return answer.choices[0]?.message.parsed
  },
}

const schema: Feature = {
  name: 'an answer by a schema',
  answers: saying({ text: JSON.stringify(person) }),
  clients: ['google', 'ai-google', 'openai'],
  run: async (cell) => {
    assert.deepEqual(await parseWith[cell.client]?.(cell), person)
    const wanted = { type: 'object', required: ['name', 'age'] }
    const own = cell.client === 'ai-google' ? {} : { responseJsonSchema: wanted }
    assertReceived(cell, {
      gemini: { generationConfig: { responseMimeType: 'application/json', ...own } },
      openai: { response_format: { type: 'json_schema', json_schema: { schema: wanted } } },
      anthropic: { output_config: { format: { type: 'json_schema', schema: wanted } } },
    })
  },
}

const counting: Feature = {
  name: 'counting tokens',
  forms: ['whole'],
  clients: ['google', 'anthropic'],
  onlyFake: 'aimock counts nothing',
  answers: answers({
    gemini: [{ body: JSON.stringify({ totalTokens: 4242, promptTokensDetails: [] }) }],
    openai: [],
    anthropic: [{ body: JSON.stringify({ input_tokens: 4242 }) }],
  }),
  run: async (cell) => {
    const { url, model } = cell
    const text = 'How many tokens are these?'
    const counted =
      cell.client === 'google'
        ? (await googleClient(url).models.countTokens({ model, contents: text })).totalTokens
        : (await anthropicClient(url).messages.countTokens({ model, messages: [{ role: 'user', content: text }] }))
            .input_tokens
    if (cell.wire === 'openai') {
      assert.ok(counted !== undefined && counted > 4 && counted < 20, String(counted))
      assert.deepEqual(cell.received(), [])
      return
    }
    assert.equal(counted, 4242)
    const { path } = cell.fake.journal.at(-1) ?? {}
    const wanted = { gemini: '/v1beta/models/gemini-3.6-flash:countTokens', anthropic: '/v1/messages/count_tokens' }
    assert.equal(path, wanted[cell.wire])
    assertReceived(cell, {
      gemini: { contents: [{ role: 'user', parts: [{ text }] }] },
      anthropic: { model: 'claude-haiku-4-5', messages: [{ role: 'user', content: [{ type: 'text', text }] }] },
    })
  },
}

const several: Feature = {
  name: 'two answers at once, and how likely their words were',
  forms: ['whole'],
  clients: ['google', 'openai'],
  onlyFake: 'aimock gives one answer',
  refused: ({ wire }) => (wire === 'anthropic' ? 'n' : undefined),
  answers: answers({
    gemini: [
      {
        body: JSON.stringify({
          candidates: ['Red', 'Blue'].map((text, index) => ({
            content: { parts: [{ text }], role: 'model' },
            finishReason: 'STOP',
            index,
            logprobsResult: {
              chosenCandidates: [{ token: text, tokenId: 7, logProbability: -0.25 }],
              topCandidates: [{ candidates: [{ token: text, tokenId: 7, logProbability: -0.25 }] }],
            },
          })),
          usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 },
          modelVersion: 'gemini-2.5-flash',
          responseId: 'abc',
        }),
      },
    ],
    openai: [
      openaiSays(
        ['Red', 'Blue'].map((content) => ({
          message: { content },
          deltas: [{ content }],
          finish: 'stop',
          logprobs: {
            whole: {
              content: [
                {
                  token: content,
                  logprob: -0.25,
                  bytes: null,
                  top_logprobs: [{ token: content, logprob: -0.25, bytes: null }],
                },
              ],
              refusal: null,
            },
            pieces: [],
          },
        })),
      ),
    ],
    anthropic: [],
  }),
  run: async (cell) => {
    const { url, model } = cell
    if (cell.client === 'google') {
      const config = { candidateCount: 2, responseLogprobs: true, logprobs: 1 }
      const { candidates = [] } = await googleClient(url).models.generateContent({
        model,
        contents: 'A colour?',
        config,
      })
      assert.deepEqual(
        candidates.map(({ content }) => content?.parts?.[0]?.text),
        ['Red', 'Blue'],
      )
      assert.equal(candidates[1]?.logprobsResult?.chosenCandidates?.[0]?.logProbability, -0.25)
    } else {
      const messages = [{ role: 'user' as const, content: 'A colour?' }]
      const params = { model, messages, n: 2, logprobs: true, top_logprobs: 1 }
      const { choices } = await openaiClient(url).chat.completions.create(params)
      assert.deepEqual(
        choices.map(({ message }) => message.content),
        ['Red', 'Blue'],
      )
      assert.equal(choices[1]?.logprobs?.content?.[0]?.logprob, -0.25)
    }
    assertReceived(cell, {
      gemini: { generationConfig: { candidateCount: 2, responseLogprobs: true, logprobs: 1 } },
      openai: { n: 2, logprobs: true, top_logprobs: 1 },
    })
  },
}

/** All pieces of an answer of Google's client. */
const piecesOf = async (
  { url, model, form }: Cell,
  config: GenerateContentConfig,
): Promise<GenerateContentResponse[]> => {
  const { models } = googleClient(url)
  const params = { model, contents: 'Go.', config }
  if (form === 'whole') return [await models.generateContent(params)]
  const pieces: GenerateContentResponse[] = []
  for await (const piece of await models.generateContentStream(params)) pieces.push(piece)
  return pieces
}

const ownWords: Feature = {
  name: 'tools that Google runs, and settings of safety',
  clients: ['google'],
  onlyFake: 'aimock reads none of them',
  refused: ({ wire }) => (wire === 'gemini' ? undefined : 'safetySettings'),
  answers: answers({
    gemini: [geminiSays([{ executableCode: { language: 'PYTHON', code: 'print(1)' } }, { text: 'One.' }])],
    openai: [],
    anthropic: [],
  }),
  run: async (cell) => {
    const config = {
      tools: [{ googleSearch: {} }, { codeExecution: {} }],
      safetySettings: [
        { category: HarmCategory.HARM_CATEGORY_HARASSMENT, threshold: HarmBlockThreshold.BLOCK_ONLY_HIGH },
      ],
    }
    const pieces = await piecesOf(cell, config)
    assert.match(JSON.stringify(pieces), /"executableCode":\{"language":"PYTHON","code":"print\(1\)"\}/)
    assertReceived(cell, {
      gemini: {
        tools: [{ googleSearch: {} }, { codeExecution: {} }],
        safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_ONLY_HIGH' }],
      },
    })
  },
}

const hosted: Feature = {
  name: 'a search of the web',
  clients: ['google'],
  onlyFake: 'aimock searches nothing',
  refused: ({ wire }) => (wire === 'gemini' ? undefined : 'google_search'),
  answers: saying({ text: 'Found.' }),
  run: async (cell) => {
    const config = { tools: [{ googleSearch: {} }] }
    const pieces = await piecesOf(cell, config)
    assert.equal(pieces.map(({ text }) => text ?? '').join(''), 'Found.')
  },
}

testMatrix('own words', [schema, counting, several, ownWords, hosted])

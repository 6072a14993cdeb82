import assert from 'node:assert/strict'
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod'
import { generateText, Output, streamText } from 'ai'
import { zodResponseFormat } from 'openai/helpers/zod'
import * as z from 'zod'
import { assertReceived } from './bodies.ts'
import type { Cell, Run } from './cell.ts'
import type { Feature } from './matrix.ts'
import { saying } from './say.ts'
import { aiModel } from './talk-ai.ts'
import { anthropicClient } from './talk-anthropic.ts'
import { openaiClient } from './talk-openai.ts'
import { no } from './words.ts'

const Person = z.object({
  name: z.string(),
  age: z.number().int(),
  aliases: z.array(z.string()),
  home: z.object({ city: z.string(), zip: z.string().nullable() }),
})

const person = { name: 'Zoë "Z" Müller', age: 41, aliases: [], home: { city: 'Köln', zip: null } }
const question = 'Who is it?'
const messages = [{ role: 'user' as const, content: question }]

const parseOpenai = async ({ url, model, form }: Cell): Promise<unknown> => {
  const params = { model, messages, response_format: zodResponseFormat(Person, 'person') }
  const { completions } = openaiClient(url).chat
  const answer =
    form === 'whole' ? await completions.parse(params) : await completions.stream(params).finalChatCompletion()
  return answer.choices[0]?.message.parsed
}

const parseAnthropic = async ({ url, model, form }: Cell): Promise<unknown> => {
  const params = { model, messages, max_tokens: 500, output_config: { format: zodOutputFormat(Person) } }
  const { messages: resource } = anthropicClient(url)
  const answer = form === 'whole' ? await resource.parse(params) : await resource.stream(params).finalMessage()
  return answer.parsed_output
}

const parseAi = async ({ client, url, model, form }: Cell): Promise<unknown> => {
  const output = Output.object({ schema: Person, name: 'person' })
  const settings = { model: aiModel(client, url, model), prompt: question, maxRetries: 0, output }
  return form === 'whole' ? (await generateText(settings)).output : await streamText(settings).output
}

const properties = { name: { type: 'string' }, age: { type: 'integer' }, home: { type: 'object' } }

const parsing =
  (parse: (cell: Cell) => Promise<unknown>): Run =>
  async (cell) => {
    assert.deepEqual(await parse(cell), person)
    const schema = { type: 'object', properties, required: ['name', 'age', 'aliases', 'home'] }
    const openai = { response_format: { type: 'json_schema', json_schema: { schema, strict: true } } }
    assertReceived(cell, {
      openai,
      anthropic: { output_config: { format: { type: 'json_schema', schema } } },
      aimock: cell.wire === 'openai' ? openai : {},
    })
  }

const schema: Feature = {
  name: 'an answer by a schema',
  answers: saying({ text: JSON.stringify(person) }),
  clients: {
    openai: parsing(parseOpenai),
    anthropic: parsing(parseAnthropic),
    'ai-openai': parsing(parseAi),
    'ai-anthropic': parsing(parseAi),
  },
}

const anyJson: Feature = {
  name: 'an answer in JSON without a schema',
  answers: saying({ text: '{"any":[1,null]}' }),
  clients: {
    openai: async (cell) => {
      const { completions } = openaiClient(cell.url).chat
      const params = { model: cell.model, messages, response_format: { type: 'json_object' as const } }
      const answer =
        cell.form === 'whole'
          ? await completions.create(params)
          : await completions.stream(params).finalChatCompletion()
      assert.equal(answer.choices[0]?.message.content, '{"any":[1,null]}')
      assertReceived(cell, {
        openai: { response_format: { type: 'json_object' } },
        // It has no words for it, so it is told in words, and its answer is held against them.
        anthropic: { system: 'Answer with one JSON object and nothing else: no other words, no fences.' },
        aimock: cell.wire === 'openai' ? { response_format: { type: 'json_object' } } : undefined,
      })
    },
    'ai-openai': async (cell) => {
      const output = Output.json()
      const settings = { model: aiModel(cell.client, cell.url, cell.model), prompt: question, maxRetries: 0, output }
      let failure: unknown
      const onError = ({ error }: { error: unknown }): void => {
        failure ??= error
      }
      const said = cell.form === 'whole' ? generateText(settings) : streamText({ ...settings, onError })
      const heard = await Promise.resolve((await said).output).catch((error: unknown) => {
        throw failure ?? error
      })
      assert.deepEqual(heard, { any: [1, null] })
    },
    anthropic: no('Anthropic knows no JSON without a schema'),
    'ai-anthropic': no('Anthropic knows no JSON without a schema'),
  },
}

export const schemaFeatures: readonly Feature[] = [schema, anyJson]

import assert from 'node:assert/strict'
import { generateText, Output, streamText } from 'ai'
import { zodResponseFormat } from 'openai/helpers/zod'
import * as z from 'zod'
import { aiModel } from '../clients/talk-ai.ts'
import { openaiClient } from '../clients/talk-openai.ts'
import { assertReceived, type Feature, testMatrix } from './matrix.ts'
import type { Cell } from './rig.ts'
import { saying } from './say.ts'

const Person = z.object({ name: z.string(), age: z.int() })
const person = { name: 'Zoë "Z" Müller', age: 41 }

const parse = async ({ client, url, model, form }: Cell): Promise<unknown> => {
  if (client === 'openai') {
    const { completions } = openaiClient(url).chat
    const format = zodResponseFormat(Person, 'person')
    const params = { model, messages: [{ role: 'user' as const, content: 'Who?' }], response_format: format }
    const answer =
      form === 'whole' ? await completions.parse(params) : await completions.stream(params).finalChatCompletion()
    return answer.choices[0]?.message.parsed
  }
  const output = Output.object({ schema: Person, name: 'person' })
  const settings = { model: aiModel(client as 'ai-openai', url, model), prompt: 'Who?', maxRetries: 0, output }
  return form === 'whole' ? (await generateText(settings)).output : await streamText(settings).output
}

const schema: Feature = {
  name: 'an answer by a schema',
  clients: ['openai', 'ai-openai', 'ai-anthropic', 'ai-responses'],
  answers: saying({ text: JSON.stringify(person) }),
  run: async (cell) => {
    assert.deepEqual(await parse(cell), person)
    assertReceived(cell, { bedrock: { outputConfig: { textFormat: { type: 'json_schema' } } } })
    if (cell.maker === 'aimock') return
    const { outputConfig } = cell.received()[0] as {
      outputConfig?: { textFormat: { structure: { jsonSchema: { schema: string } } } }
    }
    const told = JSON.parse(outputConfig?.textFormat.structure.jsonSchema.schema ?? '{}')
    assert.deepEqual(told.required, ['name', 'age'])
  },
}

const json: Feature = {
  name: 'an answer in JSON without a schema',
  clients: ['openai'],
  answers: saying({ text: '{}' }),
  run: async ({ url, model }) => {
    const { completions } = openaiClient(url).chat
    const messages = [{ role: 'user' as const, content: 'JSON?' }]
    const { choices } = await completions.create({ model, messages, response_format: { type: 'json_object' } })
    assert.equal(choices[0]?.message.content, '{}')
  },
}

testMatrix('answers by a schema', [schema, json])

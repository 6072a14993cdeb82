import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { JsonObject } from '../../core/json.ts'
import type { Request } from '../../core/request.ts'
import { gemini } from './index.ts'

const hello = { role: 'user', parts: [{ text: 'Hi' }] }

const read = (body: JsonObject, model = 'chat'): Request =>
  gemini.readRequest({ contents: [hello], ...body }, { operation: 'chat', model, stream: false })

const refused = (body: JsonObject, words: RegExp): void =>
  assert.throws(() => read(body), { code: 'invalid_request', message: words })

describe('a request', () => {
  test('is for the model of its path, whatever its body says', () => {
    assert.equal(read({ model: 'models/other' }, 'team/chat').model, 'team/chat')
    assert.equal(gemini.readRequest({ model: 'models/m', contents: [hello] }, { operation: 'chat' }).model, 'm')
    assert.throws(() => gemini.readRequest({ contents: [hello] }, { operation: 'chat' }), /model: is required/)
    assert.throws(() => read({}, 'x'.repeat(300)), /must not be longer/)
  })

  test('may spell its fields either way, but not both at once', () => {
    const { chat } = read({ generation_config: { max_output_tokens: 5 } })
    assert.equal(chat.maxOutput, 5)
    refused({ systemInstruction: { parts: [] }, system_instruction: { parts: [] } }, /is the same field/)
  })

  test('names the place of each mistake', () => {
    refused({ contents: [{ role: 'robot', parts: [{ text: 'x' }] }] }, /contents\.0\.role: must be 'user' or 'model'/)
    refused({ contents: [{ parts: [{ text: 7 }] }] }, /contents\.0\.parts\.0\.text: must be a string/)
    refused({ contents: [{ parts: [{}] }] }, /contents\.0\.parts\.0: holds nothing/)
    refused({ contents: [{ parts: [{ text: 'x', inlineData: {} }] }] }, /holds text and inlineData at once/)
    refused({ contents: [{ parts: [{ fileData: { fileUri: 'file:///etc/passwd' } }] }] }, /fileUri: must be/)
    refused({ contents: [] }, /contents: is required|at least one part/)
    refused({ generationConfig: { topP: 2 } }, /generationConfig\.topP: must be from 0 to 1/)
    refused({ generationConfig: { thinkingConfig: { thinkingLevel: 'DEEP' } } }, /thinkingLevel: must be one of/)
    refused({ toolConfig: { functionCallingConfig: { mode: 'MAYBE' } } }, /functionCallingConfig\.mode/)
    refused({ tools: [{ functionDeclarations: [{ name: 'f' }, { name: 'f' }] }] }, /'f' is the name of two functions/)
    refused({ serviceTier: 'gold' }, /serviceTier: must be/)
    refused({ apiKey: 'x' }, /apiKey: is not accepted from callers/)
  })

  test('keeps what only Google knows by its place, for Google alone', () => {
    const { untranslatable, chat } = read({
      safetySettings: [{ category: 'x' }],
      cachedContent: 'cachedContents/1',
      generationConfig: { speechConfig: {}, responseMimeType: 'text/x.enum' },
      tools: [{ googleSearch: {} }],
      contents: [{ role: 'model', parts: [{ executableCode: { code: '1' } }] }, hello],
    })
    assert.deepEqual(untranslatable, [
      'contents.0.parts.0',
      'safetySettings',
      'cachedContent',
      'generationConfig.speechConfig',
      'generationConfig.responseMimeType',
    ])
    assert.equal(chat.tools[0]?.name, 'google_search')
  })

  test('pairs calls and results that have no ids by their names and order', () => {
    const call = (name: string) => ({ functionCall: { name, args: {} } })
    const answer = (name: string, output: string) => ({ functionResponse: { name, response: { output } } })
    const { chat, untranslatable } = read({
      contents: [
        hello,
        { role: 'model', parts: [call('look'), call('hear'), call('look')] },
        { role: 'user', parts: [answer('hear', 'h'), answer('look', 'first'), answer('look', 'second')] },
      ],
    })
    const [, called, ...answered] = chat.messages
    const ids = called?.parts.map((part) => part.kind === 'tool_call' && part.id)
    const results = answered.map(({ parts: [part] }) => part?.kind === 'tool_result' && part.id)
    assert.deepEqual(results, [ids?.[1], ids?.[0], ids?.[2]])
    assert.equal(new Set(ids).size, 3)
    assert.deepEqual(untranslatable, [])
  })

  test('whose result answers nothing can go to Google alone', () => {
    const contents = [hello, { role: 'user', parts: [{ functionResponse: { name: 'f', response: {} } }] }]
    assert.deepEqual(read({ contents }).untranslatable, ['contents.1.parts.0.functionResponse'])
  })

  test('has Google’s kind of schema read as everybody’s', () => {
    const list = { type: 'ARRAY', items: { type: 'INTEGER' }, maxItems: '3' }
    const responseSchema = {
      type: 'OBJECT',
      properties: {
        type: { type: 'STRING', nullable: true },
        list,
        kind: { type: 'STRING', format: 'enum', enum: ['a'] },
      },
      required: ['type'],
      propertyOrdering: ['list', 'type'],
    }
    const { format } = read({ generationConfig: { responseMimeType: 'application/json', responseSchema } }).chat
    assert.ok(format?.kind === 'schema')
    assert.deepEqual(format.schema, {
      type: 'object',
      properties: {
        list: { type: 'array', items: { type: 'integer' }, maxItems: 3 },
        type: { type: ['string', 'null'] },
        kind: { type: 'string', enum: ['a'] },
      },
      required: ['type'],
      additionalProperties: false,
    })
    assert.deepEqual(Object.keys(format.schema.properties as JsonObject), ['list', 'type', 'kind'])
  })

  test('has a schema enforced to the letter elsewhere only where others can', () => {
    const strictOf = (responseSchema: JsonObject): unknown => {
      const { format } = read({ generationConfig: { responseMimeType: 'application/json', responseSchema } }).chat
      return format?.kind === 'schema' && format.strict
    }
    const name = { name: { type: 'STRING' } }
    assert.equal(strictOf({ type: 'OBJECT', properties: name, required: ['name'] }), true)
    assert.equal(strictOf({ type: 'OBJECT', properties: name }), undefined)
    const inner = { type: 'ARRAY', items: { type: 'OBJECT', properties: name } }
    assert.equal(strictOf({ type: 'OBJECT', properties: { inner }, required: ['inner'] }), undefined)
    assert.equal(strictOf({ type: 'OBJECT' }), undefined)
  })

  test('that wants no thoughts shown does not ask for thinking', () => {
    const wish = (thinkingConfig: JsonObject): unknown => read({ generationConfig: { thinkingConfig } }).chat.reasoning
    assert.equal(wish({ includeThoughts: false }), undefined)
    assert.equal(wish({}), undefined)
    assert.deepEqual(wish({ includeThoughts: true }), { show: true })
    assert.deepEqual(wish({ thinkingBudget: 0, includeThoughts: false }), { mode: 'off', show: false })
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { JsonObject } from '../../core/json.ts'
import { mostTokensOf } from '../../core/most-tokens.ts'
import { noUsage, type Usage } from '../../core/usage.ts'
import { plainTarget } from '../../testing/wire-suite.ts'
import { gemini } from './index.ts'

const read = (usageMetadata: JsonObject, candidate: JsonObject = {}): Usage | undefined => {
  const body = {
    candidates: [{ content: { parts: [{ text: 'x' }] }, finishReason: 'STOP', ...candidate }],
    usageMetadata,
  }
  for (const delta of gemini.reader('whole')(Buffer.from(JSON.stringify(body))))
    if (delta.kind === 'usage') return delta.usage
  return undefined
}

const counted = (more: Partial<Usage>): Usage => ({ ...noUsage, ...more })

describe('Google’s usage', () => {
  test('is read in parts that do not overlap', () => {
    assert.deepEqual(
      read({
        promptTokenCount: 4300,
        cachedContentTokenCount: 4000,
        toolUsePromptTokenCount: 50,
        candidatesTokenCount: 30,
        thoughtsTokenCount: 70,
        totalTokenCount: 4450,
        promptTokensDetails: [
          { modality: 'TEXT', tokenCount: 2100 },
          { modality: 'AUDIO', tokenCount: 2200 },
        ],
        cacheTokensDetails: [{ modality: 'AUDIO', tokenCount: 2000 }],
        candidatesTokensDetails: [{ modality: 'AUDIO', tokenCount: 10 }],
        serviceTier: 'flex',
      }),
      counted({
        input: 150,
        cacheRead: 4000,
        audioInput: 200,
        output: 20,
        reasoning: 70,
        audioOutput: 10,
        serviceTier: 'flex',
      }),
    )
  })

  test('counts the searches that were made', () => {
    const grounded = { groundingMetadata: { webSearchQueries: ['a', 'b'] } }
    const usage = read({ promptTokenCount: 5, candidatesTokenCount: 1 }, grounded)
    assert.deepEqual(usage, counted({ input: 5, output: 1, searches: 2 }))
  })

  test('that makes no sense is never more than there is, and none is none', () => {
    assert.deepEqual(
      read({ promptTokenCount: 5, cachedContentTokenCount: 9, candidatesTokenCount: 'x' }),
      counted({ cacheRead: 5 }),
    )
    assert.equal(read({ totalTokenCount: 7 }), undefined)
  })
})

test('a film, and what Google keeps from before, count for all that the model can read', () => {
  const most = (body: JsonObject): number =>
    mostTokensOf(gemini.readRequest(body, { operation: 'chat', model: 'm' }), plainTarget()).input
  const film = { fileData: { fileUri: 'https://www.youtube.com/watch?v=9hE5-98ZeCg' } }
  assert.ok(most({ contents: [{ parts: [{ text: 'Hi' }] }] }) < 5_000)
  assert.ok(most({ contents: [{ parts: [film] }] }) >= 1_000_000)
  assert.ok(most({ contents: [{ parts: [{ text: 'Hi' }] }], cachedContent: 'cachedContents/1' }) >= 1_000_000)
})

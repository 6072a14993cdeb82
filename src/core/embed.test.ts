import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { boundOf, isBounded } from './bound-cost.ts'
import { type Embed, type EmbedInput, estimateInputs, mostInputTokens } from './embed.ts'
import { ratesOf } from './money.ts'
import { noChat, type Request } from './request.ts'
import type { Target } from './target.ts'
import { countTokens, estimateInput } from './tokens.ts'

const text = (value: string): EmbedInput => ({ kind: 'text', text: value })
const request = (embed: Embed): Request => ({
  operation: 'embed',
  wire: 'w',
  model: 'm',
  stream: false,
  wantsUsage: false,
  body: undefined,
  chat: noChat,
  embed,
  untranslatable: [],
})
const target = (price: boolean): Target => ({
  id: 'a/b',
  provider: 'a',
  model: 'b',
  weight: 1,
  quirks: {},
  facts: {
    lacks: [],
    price: price ? { rates: ratesOf(() => 1_000_000_000n), tiers: [], perCall: 0n } : undefined,
  },
})

describe('tokens of what is to be embedded', () => {
  test('are never more than the most that is set aside for them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), async (texts) => {
        let counted = 0
        for (const each of texts) counted += await countTokens(each)
        assert.ok(mostInputTokens({ inputs: texts.map(text) }) >= counted)
      }),
      { numRuns: 50 },
    )
  })

  test('are counted where they are tokens already', () => {
    assert.equal(estimateInputs({ inputs: [{ kind: 'tokens', tokens: [1, 2, 3] }, text('1234567')] }), 5)
    assert.equal(estimateInput(request({ inputs: [{ kind: 'tokens', tokens: [1, 2] }] })), 2)
  })
})

describe('the most that embedding can cost', () => {
  test('does not depend on how much may be generated, for nothing is', () => {
    const bound = boundOf(request({ inputs: [text('Hello')] }), target(true))
    assert.ok(isBounded(bound))
    assert.equal(bound.cost(0), bound.cost(100_000))
    assert.ok(bound.cost(0) > 0n)
    assert.equal(bound.outputWithin(bound.cost(0), 4_096), 4_096)
    assert.equal(bound.outputWithin(bound.cost(0) - 1n, 4_096), undefined)
  })

  test('is not known without a price, and for what has no known size', () => {
    assert.ok(!isBounded(boundOf(request({ inputs: [text('Hello')] }), target(false))))
    const elsewhere = boundOf(request({ inputs: [text('')], unsized: 'content.parts[0].fileData' }), target(true))
    assert.ok(!isBounded(elsewhere) && elsewhere.reason.includes('fileData'))
  })
})

import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { closeIdle } from './client.ts'
import { type Cut, cutAll, cutsOf, recordings, startCutting } from './cuts.ts'

const small = [
  ...recordings('openai', ['text', 'reasoning-deepseek', 'tools-gemini']),
  ...recordings('anthropic', ['text', 'thinking']),
]
const large = [
  ...recordings('openai', ['tools-parallel', 'usage-xai-crlf']),
  ...recordings('anthropic', ['parallel-tools']),
]

const cutting = async (cuts: readonly Cut[]): Promise<void> => {
  await using gateway = await startCutting([...small, ...large])
  await cutAll(gateway.gateway, cuts)
}

describe('a stream that is cut is answered by another target before its first word, and never looks whole after it', () => {
  after(closeIdle)

  test('the recordings begin after their first bytes and end later', () => {
    assert.equal(small.length + large.length, 8)
    for (const { begins, bytes } of [...small, ...large]) assert.ok(begins > 50 && begins < bytes.length - 100)
  })

  test('closed in good order at every fifth byte', () =>
    cutting(cutsOf(small, { by: 'end', callers: 'same', step: 5 })))

  test('closed in good order, calls of several tools and other line ends', () =>
    cutting(cutsOf(large, { by: 'end', callers: 'same', step: 17 })))

  test('closed in good order at every seventh byte, translated', () =>
    cutting(cutsOf(small, { by: 'end', callers: 'other', step: 7 })))

  test('reset at every seventh byte', () => cutting(cutsOf(small, { by: 'reset', callers: 'same', step: 7 })))

  test('closed in the middle of a chunk, translated', () =>
    cutting(cutsOf(large, { by: 'chunked', callers: 'other', step: 13 })))
})

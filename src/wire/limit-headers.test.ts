import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LimitStanding } from '../core/limit-standing.ts'
import { anthropicMessages } from './anthropic-messages/index.ts'
import { spanOf } from './limit-headers.ts'
import { openaiChat } from './openai-chat/index.ts'

const now = Date.UTC(2026, 10, 24, 12, 0, 0)
const limits: readonly LimitStanding[] = [
  { unit: 'requests', limit: 300n, remaining: 299n, resetsAt: now + 1_000 },
  { unit: 'tokens', limit: 150_000n, remaining: 0n, resetsAt: now + 360_000 },
]

describe('headers of limits', () => {
  test('are what OpenAI calls them, with spans of time', () => {
    assert.deepEqual(openaiChat.limitHeaders(limits, now), {
      'x-ratelimit-limit-requests': '300',
      'x-ratelimit-remaining-requests': '299',
      'x-ratelimit-reset-requests': '1s',
      'x-ratelimit-limit-tokens': '150000',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '6m0s',
    })
  })

  test('are what Anthropic calls them as well at its door, with moments', () => {
    const { 'x-ratelimit-limit-requests': usual, ...headers } = anthropicMessages.limitHeaders(limits, now)
    assert.equal(usual, '300')
    assert.equal(headers['anthropic-ratelimit-requests-limit'], '300')
    assert.equal(headers['anthropic-ratelimit-requests-remaining'], '299')
    assert.equal(headers['anthropic-ratelimit-requests-reset'], '2026-11-24T12:00:01Z')
    assert.equal(headers['anthropic-ratelimit-tokens-reset'], '2026-11-24T12:06:00Z')
  })

  test('say nothing of a time where none is known', () => {
    const [first] = limits
    const headers = anthropicMessages.limitHeaders([{ ...(first as LimitStanding), resetsAt: undefined }], now)
    assert.deepEqual(
      Object.keys(headers).filter((name) => name.includes('reset')),
      [],
    )
  })

  test('round up', () => {
    const spans = [-5, 0, 11.2, 999, 1_000, 1_001, 59_999, 60_000, 3_600_000, 7_384_000].map(spanOf)
    assert.deepEqual(spans, ['0ms', '0ms', '12ms', '999ms', '1s', '2s', '1m0s', '1m0s', '1h0m0s', '2h3m4s'])
  })
})

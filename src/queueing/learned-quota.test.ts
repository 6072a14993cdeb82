import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readLimits, resetMsOf, windowOf } from './learned-quota.ts'

const now = Date.parse('2026-11-30T08:00:00Z')

test('spans and moments are read as providers write them', () => {
  const read: readonly (readonly [string, number | undefined])[] = [
    ['120ms', 120],
    ['1s', 1_000],
    ['1.5s', 1_500],
    ['6m0s', 360_000],
    ['2h0m0s', 7_200_000],
    ['20', 20_000],
    ['0s', 0],
    ['2026-11-30T08:00:30Z', 30_000],
    ['2026-11-30T07:00:00Z', 0],
    ['', undefined],
    ['soon', undefined],
    ['-5s', undefined],
  ]
  for (const [text, ms] of read) assert.equal(resetMsOf(text, now), ms, text)
})

test("limits are read in OpenAI's words and in Anthropic's", () => {
  const openai = {
    'x-upstream-ratelimit-limit-requests': '500',
    'x-upstream-ratelimit-remaining-requests': '499',
    'x-upstream-ratelimit-reset-requests': '120ms',
    'x-upstream-ratelimit-limit-tokens': '30000',
    'x-upstream-ratelimit-remaining-tokens': '29000',
    'x-upstream-ratelimit-reset-tokens': '2s',
  }
  assert.deepEqual(readLimits(openai, now), [
    { unit: 'requests', limit: 500, remaining: 499, resetMs: 120 },
    { unit: 'tokens', limit: 30_000, remaining: 29_000, resetMs: 2_000 },
  ])
  const anthropic = {
    'x-upstream-ratelimit-requests-limit': '50',
    'x-upstream-ratelimit-requests-remaining': '49',
    'x-upstream-ratelimit-requests-reset': '2026-11-30T08:00:01Z',
  }
  assert.deepEqual(readLimits(anthropic, now), [{ unit: 'requests', limit: 50, remaining: 49, resetMs: 1_000 }])
})

test('what is no number, or half of it, says nothing', () => {
  assert.deepEqual(readLimits({ 'x-upstream-ratelimit-limit-requests': '500' }, now), [])
  const words = { 'x-upstream-ratelimit-limit-tokens': 'many', 'x-upstream-ratelimit-remaining-tokens': '-1' }
  assert.deepEqual(readLimits(words, now), [])
})

test('a limit is for a minute, unless it takes so long to come back that it is for a day', () => {
  const unit = 'requests'
  assert.equal(windowOf({ unit, limit: 500, remaining: 499, resetMs: 120 }), 60_000)
  assert.equal(windowOf({ unit, limit: 50, remaining: 0, resetMs: 60_000 }), 60_000)
  assert.equal(windowOf({ unit, limit: 50, remaining: 49, resetMs: undefined }), 60_000)
  assert.equal(windowOf({ unit, limit: 200, remaining: 150, resetMs: 21_600_000 }), 86_400_000)
})

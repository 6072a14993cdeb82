import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CallEntry } from '../call-types.ts'
import { sentencesOf } from './decisions.ts'
import { usdOfNanos } from './nanos.ts'
import { sumUsd } from './usage-report.ts'

const call: CallEntry = {
  id: 'call',
  startedAt: 0,
  durationMs: 900,
  wire: 'openai-chat',
  operation: 'chat',
  stream: false,
  key: 'web',
  model: 'chat',
  asked: 'chat',
  target: 'b/large',
  outcome: 'ok',
  finishes: ['stop'],
  retryCount: 0,
  attempts: [
    {
      target: 'a/large',
      ordinal: 1,
      startMs: 0,
      durationMs: 10,
      outcome: 'server',
      error: 'upstream_failed',
      status: 500,
    },
    { target: 'b/large', ordinal: 2, startMs: 20, durationMs: 880, outcome: 'ok', status: 200 },
  ],
  decisions: {
    order: ['a/large', 'b/large'],
    skipped: [{ target: 'c/large', reason: 'it keeps failing' }],
    cache: { outcome: 'miss' },
  },
}

describe('what was decided on the way of a call', () => {
  test('is told in sentences, in the order in which it happened', () => {
    assert.deepEqual(sentencesOf(call), [
      'Targets in their order: a/large, b/large.',
      'c/large was left out: it keeps failing.',
      'Attempt 1 at a/large ended with upstream_failed (status 500).',
      'b/large answered in their place.',
      'Memory had no answer.',
    ])
  })

  test('says what memory gave, how old it was, and what it saved', () => {
    const cache = { outcome: 'hit', ageMs: 65_000, target: 'a/large', saved: '1500000', savedMs: 700 }
    assert.deepEqual(sentencesOf({ ...call, attempts: [], decisions: { cache } }), [
      'The answer came from memory 1 min 5 s old, first given by a/large. It saved $0.0015 and 700 ms.',
    ])
  })
})

describe('money in the dashboard', () => {
  test('goes from nano-dollars to dollars exactly', () => {
    assert.deepEqual(['0', '1', '1000000000', '12345678901', '-5', undefined, 'x'].map(usdOfNanos), [
      '0',
      '0.000000001',
      '1',
      '12.345678901',
      '-0.000000005',
      undefined,
      undefined,
    ])
  })

  test('is added up exactly', () => {
    assert.equal(
      sumUsd(['0.1', { usd: '0.2' }, '9007199254740993.000000001', null, undefined]),
      '9007199254740993.300000001',
    )
    assert.equal(sumUsd([]), '0')
    assert.equal(sumUsd(['100']), '100')
  })
})

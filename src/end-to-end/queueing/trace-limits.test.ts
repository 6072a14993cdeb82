import assert from 'node:assert/strict'
import { test } from 'node:test'
import { madeTrace } from './trace.ts'
import { replayLimit, replayLimitAfter, replayLimitCautious } from './trace-limits.ts'

const tokensPerMinute = 60_000
/** Asks for about twice as much as is allowed. */
const rows = madeTrace(12, tokensPerMinute / 36_000)

test('a limit of tokens is used up and kept to, where charging afterwards must waste much of it or go beyond', async () => {
  const limited = await replayLimit(rows, tokensPerMinute)
  const cautious = replayLimitCautious(rows, tokensPerMinute)
  assert.ok(limited.peak <= 1.02, `a minute held ${limited.peak} of the limit`)
  assert.ok(limited.used >= 0.9, `${limited.used} of the limit was used`)
  assert.ok(limited.admitted >= 1.15 * cautious.admitted, `${limited.admitted} instead of ${cautious.admitted}`)
  assert.ok(replayLimitAfter(rows, tokensPerMinute, 1).peak > 1.1)
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Allowance } from '../core/allowance.ts'
import { PlainLedger, plainAllowance, plainMatch } from '../testing/plain-ledger.ts'
import { createAdmit } from './admit.ts'

const caller = { key: 'anonymous' }

const usedUp = (allowance: Allowance) => {
  const ledger = new PlainLedger()
  ledger.charge({ allowance, subject: allowance.scope }, allowance.limit)
  return createAdmit({ ledger, match: () => plainMatch([allowance]) })
}

const codeFor = (more: Partial<Allowance>, operation: 'chat' | 'count_tokens' = 'chat'): string | undefined =>
  usedUp(plainAllowance(more))(caller, operation)?.code

describe('whoever asks before the body is read', () => {
  test('is refused by what is used up for every model', () => {
    assert.equal(codeFor({}), 'budget_exhausted')
    for (const unit of ['requests', 'tokens', 'concurrency'] as const) assert.equal(codeFor({ unit }), 'rate_limited')
    assert.equal(codeFor({ scope: 'gateway:*' }), 'budget_exhausted')
  })

  test('is let in where a cheaper model, another model or nobody’s refusal may help', () => {
    assert.equal(codeFor({ onLimit: 'cheaper' }), undefined)
    assert.equal(codeFor({ isHard: false }), undefined)
    assert.equal(codeFor({ model: 'chat' }), undefined)
    assert.equal(codeFor({ scope: 'key:other' }), undefined)
  })

  test('may count tokens as long as there are requests', () => {
    for (const unit of ['nanos', 'tokens', 'concurrency'] as const)
      assert.equal(codeFor({ unit }, 'count_tokens'), undefined)
    assert.equal(codeFor({ unit: 'requests' }, 'count_tokens'), 'rate_limited')
  })

  test('is told where the limits stand', () => {
    const refusal = usedUp(plainAllowance({ unit: 'requests', limit: 5n }))(caller, 'chat')
    assert.deepEqual(refusal?.details.limits, [{ unit: 'requests', limit: 5n, remaining: 0n, resetsAt: undefined }])
  })
})

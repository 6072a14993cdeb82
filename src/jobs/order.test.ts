import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { callerOfJob, writtenCaller } from './job-caller.ts'
import type { JobWish } from './jobs.ts'
import { keptHeaders, orderOf } from './order.ts'

const now = 1_000_000
const rules = { maxAttempts: 3, hold: false, keepMs: 60_000 }
const wish = (more: Partial<JobWish> = {}): JobWish => ({
  endpoint: '/v1/chat/completions',
  body: { bytes: Buffer.from('{}') },
  model: 'chat',
  ...more,
})
const order = (more: Partial<JobWish> = {}, caller = { key: 'web' }) => orderOf(caller, wish(more), { rules, now })

describe('what is kept of a request', () => {
  it('is what means something to its door, and nothing that opens one', () => {
    const kept = keptHeaders({
      'Content-Type': 'application/json',
      'anthropic-beta': 'a',
      'anthropic-version': '2023-06-01',
      'x-tollgate-tags': 'a=b',
      'x-tollgate-cache': 'off',
      Authorization: 'Bearer x',
      'x-api-key': 'x',
      'x-goog-api-key': 'x',
      'x-tollgate-provider-key': 'openai=x',
      'x-tollgate-idempotency-key': 'x',
      cookie: 'x',
      'x-stainless-timeout': '10',
      'x-request-id': 'my-own-id',
      prefer: 'respond-async',
      host: 'localhost',
    })
    assert.deepEqual(Object.keys(kept).toSorted(), [
      'anthropic-beta',
      'anthropic-version',
      'content-type',
      'x-tollgate-cache',
      'x-tollgate-tags',
    ])
  })

  it('refuses moments and words that no job can have', () => {
    const refused = (more: Partial<JobWish>): void =>
      assert.throws(() => order(more), { code: 'invalid_request' }, JSON.stringify(more))
    refused({ runAt: now + 400 * 86_400_000 })
    refused({ deadlineAt: now })
    refused({ runAt: now + 1_000, deadlineAt: now + 1_000 })
    refused({ metadata: { a: 'x'.repeat(513) } })
    refused({ metadata: { a: 1 as never } })
    refused({ metadata: Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`k${index}`, ''])) })
    assert.equal(order({ runAt: now + 1_000, deadlineAt: now + 1_001 }).runAt, now + 1_000)
  })
})

describe('whoever asked for a job', () => {
  it('is found by the name of the key, with the names of then', () => {
    const written = writtenCaller({ key: 'web', team: 'old', models: ['a'], endUser: 'u', tags: { a: 'b' } })
    assert.doesNotMatch(written, /old|models/)
    const caller = callerOfJob(written, (key) => ({ key, team: 'new', weight: 2 }))
    assert.deepEqual(caller, { key: 'web', team: 'new', weight: 2, endUser: 'u', tags: { a: 'b' } })
  })

  it('is nobody when the key is gone, but a program stays who it is', () => {
    assert.throws(() => callerOfJob(writtenCaller({ key: 'web' }), () => undefined), { code: 'unauthenticated' })
    const library = writtenCaller({ key: 'library', team: 'shop' })
    assert.equal(callerOfJob(library, () => undefined).team, 'shop')
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { providerKeyOf } from './provider-key.ts'

const allowed = new Set(['openai', 'my.own-1'])
const of = (text: string) => providerKeyOf({ 'x-tollgate-provider-key': text }, allowed)

describe('the header of a key for a provider', () => {
  test('names the provider and the key, which may hold anything that a header can', () => {
    assert.deepEqual(of('openai=sk-abc=='), { provider: 'openai', key: 'sk-abc==' })
    assert.deepEqual(of('my.own-1=x'), { provider: 'my.own-1', key: 'x' })
    assert.equal(providerKeyOf({}, allowed), undefined)
  })

  for (const wrong of ['', 'sk-canary', '=sk-canary', 'openai=', 'openai=sk canary', `openai=${'k'.repeat(1_025)}`])
    test(`is refused when it is ${JSON.stringify(wrong.slice(0, 24))}, without being repeated`, () => {
      assert.throws(() => of(wrong), { code: 'invalid_request', message: /must look like provider=key$/ })
    })

  test('is refused for a provider that takes none, without the key being repeated', () => {
    assert.throws(() => of('groq=sk-canary'), { code: 'forbidden', message: 'groq takes no keys of callers here.' })
  })
})

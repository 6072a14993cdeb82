import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { openEnvelope, wrapInEnvelope } from './envelope.ts'

describe('envelope', () => {
  test('gives back origin and content of any signature', () => {
    const origin = fc.stringMatching(/^[a-z0-9-]{1,20}$/)
    fc.assert(
      fc.property(origin, fc.string({ minLength: 1, unit: 'grapheme' }), (name, content) => {
        assert.deepEqual(openEnvelope(wrapInEnvelope(name, content)), { origin: name, content })
      }),
    )
  })

  test('an unsigned thought keeps its origin and has no content', () => {
    assert.equal(wrapInEnvelope('openai-chat', undefined), 'tollgate.openai-chat.')
    assert.deepEqual(openEnvelope('tollgate.openai-chat.'), { origin: 'openai-chat', content: undefined })
  })

  test('a signature of a provider is no envelope', () => {
    for (const text of [
      '',
      'EqQBCgIYAhIM',
      'tollgate',
      'tollgate.',
      'tollgate.x',
      'tollgate.a.b.c',
      'tollgate.A.b',
      'x tollgate.a.b',
    ])
      assert.equal(openEnvelope(text), undefined, text)
  })
})

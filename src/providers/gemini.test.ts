import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createGemini } from './gemini.ts'

const google = createGemini({ name: 'gemini', apiKey: 'AIza-own' })
const root = 'https://generativelanguage.googleapis.com/v1beta'

describe('Gemini', () => {
  test('is asked at the address of a model, for a whole answer, for events or for a count', () => {
    assert.equal(google.url('gemini-3.6-flash', 'chat', false), `${root}/models/gemini-3.6-flash:generateContent`)
    assert.equal(
      google.url('gemini-3.6-flash', 'chat', true),
      `${root}/models/gemini-3.6-flash:streamGenerateContent?alt=sse`,
    )
    assert.equal(google.url('gemini-3.6-flash', 'count_tokens', false), `${root}/models/gemini-3.6-flash:countTokens`)
    assert.equal(google.url('tunedModels/mine', 'chat', false), `${root}/tunedModels/mine:generateContent`)
    assert.equal(google.url('gemini-3.6-flash', 'speech', false), undefined)
  })

  test('is never asked anywhere else, whatever a caller takes for the name of a model', () => {
    for (const name of ['../../v1/files', 'a/../b', 'x:deleteModel?', 'x#', 'models/../y', '..', '\ud800']) {
      const url = new URL(google.url(name, 'chat', false) ?? '')
      assert.match(url.pathname, /^\/v1beta\/models\/[^/]+:generateContent$/)
      assert.equal(url.search + url.hash, '')
    }
  })

  test('is shown the key in its own header, or that of a caller in place of it', () => {
    assert.deepEqual(google.headers(), { 'x-goog-api-key': 'AIza-own' })
    assert.deepEqual(google.secrets, ['AIza-own'])
    assert.deepEqual(google.headersWith?.('AIza-other'), { 'x-goog-api-key': 'AIza-other' })
  })
})

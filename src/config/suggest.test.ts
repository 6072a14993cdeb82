import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { hint, nearest } from './suggest.ts'

const known = ['host', 'port', 'apiKey', 'baseUrl', 'headersTimeout']

describe('the nearest known word', () => {
  const meant: Readonly<Record<string, string>> = {
    prot: 'port',
    hots: 'host',
    api_key: 'apiKey',
    'base-url': 'baseUrl',
    APIKEY: 'apiKey',
    headerTimeout: 'headersTimeout',
    headers: 'headersTimeout',
  }
  for (const [word, expected] of Object.entries(meant)) {
    test(`of ${word} is ${expected}`, () => assert.equal(nearest(word, known), expected))
  }

  test('is none when nothing is near', () => assert.equal(nearest('telemetry', known), undefined))
  test('is not looked for when the word is absurdly long', () =>
    assert.equal(nearest('p'.repeat(1e6), known), undefined))
})

describe('a hint', () => {
  test('lists what is known when nothing is near', () => {
    assert.equal(hint('telemetry', ['host', 'port']), '; known here: host, port')
  })
  test('says nothing when nothing is known', () => assert.equal(hint('x', []), ''))
})

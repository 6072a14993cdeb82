import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shownHeaders } from './headers.ts'

test('request ids and rate limits of the upstream are shown under names of their own', () => {
  assert.deepEqual(
    shownHeaders({
      'x-request-id': 'req_1',
      'x-ratelimit-remaining-tokens': '5',
      'anthropic-ratelimit-requests-limit': '9',
    }),
    {
      'x-upstream-request-id': 'req_1',
      'x-upstream-ratelimit-remaining-tokens': '5',
      'x-upstream-ratelimit-requests-limit': '9',
    },
  )
})

test('cookies, keys, locations and server names never pass', () => {
  const headers = { 'set-cookie': ['a=1'], authorization: 'x', 'x-api-key': 'x', location: '/', server: 'x', via: 'x' }
  assert.deepEqual(shownHeaders(headers), {})
})

test('a value that could start another header is left out', () => {
  assert.deepEqual(shownHeaders({ 'x-request-id': 'a\r\nset-cookie: b' }), {})
  assert.deepEqual(shownHeaders({ 'x-request-id': 'é' }), {})
})

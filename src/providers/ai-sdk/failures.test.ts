import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { GatewayError } from '../../core/errors.ts'
import { failureOf } from './failures.ts'

const named = (name: string, more: object = {}): Error =>
  Object.assign(new Error('It did not work.'), { name, ...more })

const call = (statusCode: number, responseBody: string, responseHeaders: object = {}): Error =>
  named('AI_APICallError', { statusCode, responseBody, responseHeaders })

describe('what a model of the AI SDK throws', () => {
  for (const [what, thrown, code, outcome] of [
    ['a limit', call(429, '{"error":{"message":"slow down"}}'), 'upstream_throttled', 'throttled'],
    [
      'a refused key',
      call(401, '{"error":{"message":"bad key sk-aaaaaaaaaaaaaaaaaaaaaaaa"}}'),
      'upstream_auth',
      'auth',
    ],
    ['a failure', call(500, ''), 'upstream_failed', 'server'],
    ['a mistake of the caller', call(400, '{"error":{"message":"no such field"}}'), 'upstream_rejected', 'caller'],
    [
      'a prompt that is too long',
      call(400, '{"error":{"message":"maximum context length is 8"}}'),
      'upstream_rejected',
      'context',
    ],
    ['a success that cannot be read', call(200, 'x'), 'upstream_garbled', 'malformed'],
    ['no key', named('AI_LoadAPIKeyError'), 'upstream_auth', 'auth'],
    ['no such model', named('AI_NoSuchModelError'), 'unknown_model', 'not_found'],
    [
      'what it cannot do',
      named('AI_UnsupportedFunctionalityError', { functionality: 'images' }),
      'invalid_request',
      'incapable',
    ],
    ['a type that is none', named('AI_TypeValidationError'), 'upstream_garbled', 'malformed'],
    ['a network that fails', new TypeError('fetch failed'), 'upstream_unreachable', 'ambiguous'],
    ['nothing at all', undefined, 'upstream_unreachable', 'ambiguous'],
  ] as const) {
    test(`is told as ${outcome}: ${what}`, () => {
      const error = failureOf(thrown, 'mine/m')
      assert.equal(error.code, code)
      assert.equal(error.details.outcome, outcome)
      assert.doesNotMatch(JSON.stringify([error.message, error.details.upstream]), /sk-a/)
    })
  }

  test('keeps how long it is to be waited', () => {
    assert.equal(failureOf(call(429, '', { 'retry-after': '7' }), 'm').details.retryAfterMs, 7_000)
    assert.equal(failureOf(call(429, '', { 'retry-after-ms': '250' }), 'm').details.retryAfterMs, 250)
    assert.equal(failureOf(call(429, '', { 'retry-after': 'soon' }), 'm').details.retryAfterMs, undefined)
  })

  test('stays what it is when it is an error of the gateway', () => {
    const error = new GatewayError('cancelled', 'x', { outcome: 'cancelled' })
    assert.equal(failureOf(error, 'm'), error)
  })
})

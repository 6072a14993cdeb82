import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type ErrorCode, GatewayError, incapable, invalid } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Outcome } from '../../core/outcome.ts'
import { anthropicMessages } from './index.ts'

const body = (type: string, message: string, details?: JsonObject): string =>
  JSON.stringify({ type: 'error', error: { type, message, details }, request_id: 'req_011' })

type Row = readonly [status: number, body: string, code: ErrorCode, outcome: Outcome]

const rows: readonly Row[] = [
  [400, body('invalid_request_error', 'max_tokens: Field required'), 'upstream_rejected', 'caller'],
  [400, body('invalid_request_error', 'prompt is too long: 209 tokens > 200 maximum'), 'upstream_rejected', 'context'],
  [
    400,
    body('invalid_request_error', 'input length and `max_tokens` exceed context limit: 1 + 2 > 2'),
    'upstream_rejected',
    'context',
  ],
  [400, body('invalid_request_error', 'Output blocked by content filtering policy'), 'upstream_rejected', 'policy'],
  [
    400,
    body('invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
    'upstream_auth',
    'quota',
  ],
  [
    400,
    body('invalid_request_error', 'You have reached your specified workspace API usage limits.'),
    'upstream_auth',
    'quota',
  ],
  [400, body('invalid_request_error', 'x', { error_code: 'organization_on_hold' }), 'upstream_auth', 'auth'],
  [401, body('authentication_error', 'invalid x-api-key'), 'upstream_auth', 'auth'],
  [402, body('billing_error', 'Check your payment details'), 'upstream_auth', 'quota'],
  [403, body('permission_error', 'no'), 'upstream_auth', 'auth'],
  [404, body('not_found_error', 'model: claude-9'), 'unknown_model', 'not_found'],
  [408, '', 'upstream_failed', 'lock'],
  [409, body('conflict_error', 'x'), 'upstream_rejected', 'caller'],
  [413, '<html>too large</html>', 'too_large', 'too_large'],
  [425, '', 'upstream_failed', 'lock'],
  [
    429,
    body('rate_limit_error', 'Number of request tokens has exceeded your rate limit'),
    'upstream_throttled',
    'throttled',
  ],
  [429, body('rate_limit_error', 'x', { error_code: 'contract_spend_limit_reached' }), 'upstream_auth', 'quota'],
  [429, body('insufficient_quota', 'x'), 'upstream_auth', 'quota'],
  [500, body('api_error', 'Internal server error'), 'upstream_failed', 'server'],
  [503, 'upstream connect error', 'upstream_overloaded', 'server'],
  [504, body('timeout_error', 'x'), 'upstream_failed', 'server'],
  [529, body('overloaded_error', 'Overloaded'), 'upstream_overloaded', 'server'],
]

describe('an error of the provider', () => {
  for (const [status, text, code, outcome] of rows) {
    test(`of status ${status} with ${text.slice(0, 90)} is ${code}, class ${outcome}`, () => {
      const error = anthropicMessages.readError(status, text)
      assert.equal(error.code, code)
      assert.equal(error.details.outcome, outcome)
      if (code === 'upstream_auth') assert.equal(error.details.upstream, undefined)
    })
  }

  test('names the field it complains about', () => {
    const { details } = anthropicMessages.readError(400, body('invalid_request_error', 'messages.1.content.0: bad'))
    assert.equal(details.param, 'messages.1.content.0')
  })

  test('inside a stream has the class of its status', () => {
    for (const [type, outcome] of [
      ['overloaded_error', 'server'],
      ['rate_limit_error', 'throttled'],
      ['api_error', 'server'],
      ['timeout_error', 'server'],
      ['invalid_request_error', 'caller'],
      ['authentication_error', 'auth'],
      ['a_new_error', 'server'],
    ]) {
      const event = `event: error\ndata: ${body(`${type}`, 'x')}\n\n`
      const [delta] = anthropicMessages.reader('events')(Buffer.from(event))
      assert.ok(delta?.kind === 'failure')
      assert.equal(delta.error.details.outcome, outcome)
    }
  })

  test('in a body of status 200 is a failure and no answer', () => {
    const [delta, ...rest] = anthropicMessages.reader('whole')(Buffer.from(body('overloaded_error', 'Overloaded')))
    assert.ok(delta?.kind === 'failure')
    assert.equal(delta.error.code, 'upstream_overloaded')
    assert.deepEqual(rest, [])
  })
})

const words: readonly (readonly [code: ErrorCode, type: string])[] = [
  ['invalid_request', 'invalid_request_error'],
  ['unauthenticated', 'authentication_error'],
  ['forbidden', 'permission_error'],
  ['unknown_model', 'not_found_error'],
  ['too_large', 'request_too_large'],
  ['unsupported_media_type', 'invalid_request_error'],
  ['rate_limited', 'rate_limit_error'],
  ['overloaded', 'overloaded_error'],
  ['deadline_exceeded', 'timeout_error'],
  ['upstream_throttled', 'rate_limit_error'],
  ['upstream_overloaded', 'overloaded_error'],
  ['upstream_timeout', 'timeout_error'],
  ['upstream_auth', 'api_error'],
  ['internal', 'api_error'],
]

describe('an error for a caller', () => {
  for (const [code, type] of words) {
    test(`${code} is called ${type}`, () => {
      assert.equal(JSON.parse(anthropicMessages.writeError(new GatewayError(code, 'x'), 'whole')).error.type, type)
    })
  }

  test('keeps the type of a provider that speaks this language, and no other', () => {
    const theirs = anthropicMessages.readError(409, body('conflict_error', 'x'))
    assert.equal(JSON.parse(anthropicMessages.writeError(theirs, 'whole')).error.type, 'conflict_error')
    const others = anthropicMessages.readError(400, body('invalid_value', 'x'))
    assert.equal(JSON.parse(anthropicMessages.writeError(others, 'whole')).error.type, 'invalid_request_error')
  })

  test('tells clients that keep a thread to send the conversation whole, whoever could not thread it', () => {
    const details = { error_code: 'thread_unsupported_request', unsupported: ['thread'] }
    for (const error of [invalid('thread', 'no'), incapable('thread', 'openai-chat')]) {
      assert.deepEqual(JSON.parse(anthropicMessages.writeError(error, 'whole')).error.details, details)
    }
    const other = JSON.parse(anthropicMessages.writeError(invalid('model', 'no'), 'whole'))
    assert.equal(other.error.details, undefined)
  })

  test('passes the finer word of a provider on, where its own words are', () => {
    const error = { type: 'invalid_request_error', message: 'x', details: { error_code: 'image_dimensions_too_large' } }
    const theirs = anthropicMessages.readError(400, JSON.stringify({ type: 'error', error }))
    assert.deepEqual(JSON.parse(anthropicMessages.writeError(theirs, 'whole')).error, {
      ...error,
      details: { error_code: 'image_dimensions_too_large' },
    })
  })

  test('tells the facts beside it', () => {
    const error = new GatewayError('rate_limited', 'Slow down.', {
      param: 'max_tokens',
      facts: { scope: 'key:web', limit: 3, request_id: 'abc' },
    })
    assert.deepEqual(JSON.parse(anthropicMessages.writeError(error, 'whole')), {
      type: 'error',
      error: { type: 'rate_limit_error', message: 'Slow down.' },
      request_id: 'abc',
      tollgate: { code: 'rate_limited', param: 'max_tokens', scope: 'key:web', limit: 3, request_id: 'abc' },
    })
  })

  test('ends a stream with an error event and no stop', () => {
    const told = anthropicMessages.writeError(new GatewayError('upstream_failed', 'a\nb'), 'events')
    assert.match(told, /^event: error\ndata: \{.*\}\n\n$/)
    assert.doesNotMatch(told, /message_stop/)
  })
})

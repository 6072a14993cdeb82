import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type ErrorCode, GatewayError } from '../../core/errors.ts'
import type { Outcome } from '../../core/outcome.ts'
import { openaiChat } from './index.ts'

const body = (error: object): string => JSON.stringify({ error })
const rejected = body({ message: 'Bad value', type: 'invalid_request_error', param: 'top_p', code: 'invalid_value' })

const outcomes: readonly (readonly [number, string, Outcome, ErrorCode])[] = [
  [401, body({ message: 'Incorrect API key', code: 'invalid_api_key' }), 'auth', 'upstream_auth'],
  [403, body({ message: 'Country not supported' }), 'auth', 'upstream_auth'],
  [
    403,
    body({ message: 'Your input was flagged', metadata: { reasons: ['violence'] } }),
    'policy',
    'upstream_rejected',
  ],
  [402, '', 'quota', 'upstream_auth'],
  [429, body({ message: 'You exceeded your current quota', type: 'insufficient_quota' }), 'quota', 'upstream_auth'],
  [429, body({ message: 'Check your plan and billing details' }), 'quota', 'upstream_auth'],
  [429, body({ message: 'Quota of 10 requests per minute' }), 'throttled', 'upstream_throttled'],
  [429, body({ message: 'Rate limit reached', code: 'rate_limit_exceeded' }), 'throttled', 'upstream_throttled'],
  [429, 'Too Many Requests', 'throttled', 'upstream_throttled'],
  [404, body({ message: 'The model does not exist', code: 'model_not_found' }), 'not_found', 'unknown_model'],
  [400, body({ message: 'No such model', code: 'model_not_found' }), 'not_found', 'unknown_model'],
  [400, body({ message: 'x', code: 'content_filter' }), 'policy', 'upstream_rejected'],
  [400, body({ message: 'x', code: 'content_policy_violation' }), 'policy', 'upstream_rejected'],
  [400, body({ message: 'x', innererror: { code: 'ResponsibleAIPolicyViolation' } }), 'policy', 'upstream_rejected'],
  [413, '<html>413</html>', 'too_large', 'too_large'],
  [408, '', 'lock', 'upstream_failed'],
  [425, '', 'lock', 'upstream_failed'],
  [409, body({ message: 'Conflict' }), 'caller', 'upstream_rejected'],
  [400, rejected, 'caller', 'upstream_rejected'],
  [422, '{"detail":[{"loc":["body","n"],"msg":"too small"}]}', 'caller', 'upstream_rejected'],
  [500, body({ message: 'The server had an error' }), 'server', 'upstream_failed'],
  [500, body({ message: 'Overloaded', type: 'overloaded_error' }), 'server', 'upstream_overloaded'],
  [502, '<html>Bad gateway</html>', 'server', 'upstream_failed'],
  [503, '', 'server', 'upstream_overloaded'],
  [529, '', 'server', 'upstream_overloaded'],
  [307, '', 'server', 'upstream_failed'],
]

const tooLong = [
  { code: 'context_length_exceeded', message: 'Too much' },
  { message: "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens." },
  { message: 'prompt is too long: 210000 tokens > 200000 maximum' },
  { message: 'Prompt too long: 5152 tokens exceeds max_seq_len 2048' },
  { message: 'The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).' },
  { message: 'Input length 131393 exceeds the maximum allowed input length of 131040 tokens.' },
  { message: 'Your input exceeds the context window of this model. Please adjust your input and try again.' },
  { message: "This model's maximum prompt length is 131072 but the request contains 537812 tokens." },
  { message: 'Please reduce the length of the messages or completion.' },
  { message: 'the request exceeds the available context size. try increasing the context size' },
  { message: 'Your request exceeded model token limit: 262144' },
  { message: 'Provider returned error', code: 400, metadata: { raw: '{"message":"maximum context length is 5"}' } },
]

describe('an error answer of an upstream', () => {
  for (const [status, text, outcome, code] of outcomes) {
    test(`${status} ${text.slice(0, 60)} is ${outcome}, told as ${code}`, () => {
      const error = openaiChat.readError(status, text)
      assert.deepEqual([error.details.outcome, error.code], [outcome, code])
    })
  }

  for (const error of tooLong) {
    test(`"${error.message.slice(0, 50)}" says that the prompt is longer than the model reads`, () => {
      assert.equal(openaiChat.readError(400, body(error)).details.outcome, 'context')
    })
  }

  test('about a wait is not taken for a prompt that is too long', () => {
    const error = openaiChat.readError(400, body({ message: 'Too many tokens, please wait before trying again.' }))
    assert.equal(error.details.outcome, 'caller')
  })

  test('that repeats a caller’s word does not put our account out of use', () => {
    const message = "Invalid value: 'insufficient_quota'. Supported values are: 'auto' and 'default'."
    assert.equal(openaiChat.readError(400, body({ message })).details.outcome, 'caller')
  })

  test('keeps the words of the upstream where the mistake is the caller’s', () => {
    assert.deepEqual(openaiChat.readError(400, rejected).details.upstream, {
      status: 400,
      message: 'Bad value',
      type: 'invalid_request_error',
      code: 'invalid_value',
      param: 'top_p',
    })
  })
})

describe('an error for a caller', () => {
  test('has OpenAI’s form, our code, and the facts of the gateway', () => {
    const error = new GatewayError('rate_limited', 'Slow down.', { facts: { scope: 'key:web', limit: 5 } })
    assert.deepEqual(JSON.parse(openaiChat.writeError(error, 'whole')), {
      error: {
        message: 'Slow down.',
        type: 'rate_limit_error',
        code: 'rate_limited',
        param: null,
        tollgate: { scope: 'key:web', limit: 5, code: 'rate_limited' },
      },
    })
  })

  test('says the upstream’s own type, code and place when the upstream refused the question', () => {
    const written = JSON.parse(openaiChat.writeError(openaiChat.readError(400, rejected), 'whole'))
    assert.deepEqual(written.error, {
      message: 'Bad value',
      type: 'invalid_request_error',
      code: 'invalid_value',
      param: 'top_p',
      tollgate: { code: 'upstream_rejected' },
    })
  })

  test('ends a stream with one event and no mark of the end', () => {
    const text = openaiChat.writeError(new GatewayError('upstream_timeout', 'a\n\nb'), 'events')
    assert.match(text, /^data: \{"error":\{.*\}\}\n\n$/)
    assert.ok(!text.includes('[DONE]'))
  })

  for (const [code, type] of [
    ['invalid_request', 'invalid_request_error'],
    ['unauthenticated', 'authentication_error'],
    ['forbidden', 'permission_error'],
    ['unknown_model', 'not_found_error'],
    ['too_large', 'invalid_request_error'],
    ['upstream_throttled', 'rate_limit_error'],
    ['upstream_auth', 'server_error'],
    ['internal', 'server_error'],
  ] as const) {
    test(`${code} is of the type ${type}`, () => {
      assert.equal(JSON.parse(openaiChat.writeError(new GatewayError(code, 'x'), 'whole')).error.type, type)
    })
  }
})

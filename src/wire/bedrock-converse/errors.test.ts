import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { GatewayError } from '../../core/errors.ts'
import { readAwsEvents, writeAwsException } from '../aws-events.ts'
import { bedrockConverse } from './index.ts'

const { readError, writeError } = bedrockConverse

/** A refusal as Amazon sends it: its class in a header, its words in the body. */
const refusal = (status: number, type: string, message: string): GatewayError =>
  readError(status, JSON.stringify({ message }), {
    'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
  })

const refusals: readonly (readonly [status: number, type: string, message: string, code: string, outcome: string])[] = [
  [403, 'AccessDeniedException', 'User: arn:aws:iam::1:user/x is not authorized', 'upstream_auth', 'auth'],
  [
    403,
    'AccessDeniedException',
    "You don't have access to the model with the specified model ID.",
    'upstream_auth',
    'not_found',
  ],
  [
    403,
    'AccessDeniedException',
    'You invoked an unsupported model or your request did not allow prompt caching.',
    'upstream_rejected',
    'caller',
  ],
  [
    403,
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
    'upstream_auth',
    'auth',
  ],
  [403, 'ExpiredTokenException', 'The security token included in the request is expired', 'upstream_auth', 'auth'],
  [403, 'InvalidSignatureException', 'The request signature we calculated does not match', 'upstream_auth', 'auth'],
  [429, 'ThrottlingException', 'Too many tokens, please wait before trying again.', 'upstream_throttled', 'throttled'],
  [
    400,
    'ThrottlingException',
    'Too many requests, please wait before trying again.',
    'upstream_throttled',
    'throttled',
  ],
  [400, 'ServiceQuotaExceededException', 'Your request exceeds the service quota.', 'upstream_throttled', 'throttled'],
  [429, 'ModelNotReadyException', 'Model is not ready for inference.', 'upstream_failed', 'lock'],
  [408, 'ModelTimeoutException', 'Model has timed out in processing the request.', 'upstream_timeout', 'server'],
  [424, 'ModelErrorException', 'The model returned an error.', 'upstream_failed', 'server'],
  [500, 'InternalServerException', 'Try your request again.', 'upstream_failed', 'server'],
  [503, 'ServiceUnavailableException', 'Bedrock is unable to process your request.', 'upstream_overloaded', 'server'],
  [
    404,
    'ResourceNotFoundException',
    'Could not resolve the foundation model from the model identifier: x',
    'unknown_model',
    'not_found',
  ],
  [400, 'ValidationException', 'The provided model identifier is invalid.', 'unknown_model', 'not_found'],
  [
    400,
    'ValidationException',
    'Invocation of model ID x with on-demand throughput isn’t supported.',
    'unknown_model',
    'not_found',
  ],
  [400, 'ValidationException', 'Input is too long for requested model.', 'upstream_rejected', 'context'],
  [400, 'ValidationException', 'prompt is too long: 210000 tokens > 200000 maximum', 'upstream_rejected', 'context'],
  [400, 'ValidationException', 'Output blocked by content filtering policy', 'upstream_rejected', 'policy'],
  [400, 'ValidationException', 'The text field in the ContentBlock object is blank.', 'upstream_rejected', 'caller'],
]

describe('a refusal of Bedrock', () => {
  for (const [status, type, message, code, outcome] of refusals) {
    test(`with ${status} ${type}, “${message.slice(0, 40)}”, is ${outcome}`, () => {
      const error = refusal(status, type, message)
      assert.deepEqual([error.code, error.details.outcome], [code, outcome])
      if (code === 'upstream_auth') assert.ok(!error.message.includes(message))
      if (code === 'upstream_rejected') assert.equal(error.message, message)
    })
  }

  test('may have its class in the body', () => {
    const body = JSON.stringify({ __type: 'com.amazonaws.bedrock#ThrottlingException', Message: 'Slow down.' })
    assert.equal(readError(400, body).details.outcome, 'throttled')
  })
})

describe('an exception inside a stream', () => {
  const failures = [
    ['throttlingException', {}, 'upstream_throttled'],
    ['serviceUnavailableException', {}, 'upstream_overloaded'],
    ['internalServerException', {}, 'upstream_failed'],
    ['modelStreamErrorException', { originalStatusCode: 500 }, 'upstream_failed'],
    ['modelStreamErrorException', { originalStatusCode: 429 }, 'upstream_throttled'],
    ['validationException', {}, 'upstream_rejected'],
    ['exceptionOfTomorrow', {}, 'upstream_failed'],
  ] as const
  for (const [name, more, code] of failures) {
    test(`of the class ${name} ${JSON.stringify(more)} is ${code}`, () => {
      const bytes = Buffer.from(writeAwsException(name, { message: 'Told.', ...more }), 'latin1')
      const [delta] = bedrockConverse.reader('events')(bytes)
      assert.equal(delta?.kind === 'failure' && delta.error.code, code)
    })
  }
})

const written = (code: ConstructorParameters<typeof GatewayError>[0]) => {
  const error = new GatewayError(code, 'No.')
  const [event] = readAwsEvents(Buffer.from(writeError(error, 'events'), 'latin1'))
  return {
    class: JSON.parse(writeError(error, 'whole')).__type,
    stream: [event?.type, event?.name],
    headers: bedrockConverse.errorHeaders?.(error),
  }
}

describe('an error of the gateway', () => {
  test('has the class that Amazon’s clients know, in the body, in a header, and inside a stream', () => {
    assert.deepEqual(written('rate_limited'), {
      class: 'ThrottlingException',
      stream: ['exception', 'throttlingException'],
      headers: { 'x-amzn-errortype': 'ThrottlingException' },
    })
    assert.equal(written('invalid_request').class, 'ValidationException')
    assert.equal(written('unauthenticated').class, 'UnrecognizedClientException')
    assert.equal(written('forbidden').class, 'AccessDeniedException')
    assert.equal(written('unknown_model').class, 'ResourceNotFoundException')
    assert.equal(written('overloaded').class, 'ServiceUnavailableException')
    assert.equal(written('internal').class, 'InternalServerException')
    assert.deepEqual(written('upstream_garbled').stream, ['exception', 'modelStreamErrorException'])
    assert.deepEqual(written('budget_exhausted').stream, ['exception', 'validationException'])
  })
})

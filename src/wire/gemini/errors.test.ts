import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { GatewayError, incapable, invalid } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import { gemini } from './index.ts'

const detail = (kind: string, more: object) => ({ '@type': `type.googleapis.com/google.rpc.${kind}`, ...more })

const told = (status: number, word: string, message: string, details: readonly object[] = []): string =>
  JSON.stringify({ error: { code: status, message, status: word, details } })

const cases: readonly (readonly [name: string, body: string, status: number, code: string, outcome: string])[] = [
  ['a mistake', told(400, 'INVALID_ARGUMENT', 'Bad field.'), 400, 'upstream_rejected', 'caller'],
  [
    'a key that is none',
    told(400, 'INVALID_ARGUMENT', 'Oh.', [detail('ErrorInfo', { reason: 'API_KEY_INVALID' })]),
    400,
    'upstream_auth',
    'auth',
  ],
  ['a country', told(400, 'FAILED_PRECONDITION', 'User location is not supported.'), 400, 'upstream_auth', 'auth'],
  [
    'too long a prompt',
    told(400, 'INVALID_ARGUMENT', 'The input token count (1200000) exceeds the maximum number of tokens allowed.'),
    400,
    'upstream_rejected',
    'context',
  ],
  [
    'a large body',
    told(400, 'INVALID_ARGUMENT', 'Request payload size exceeds the limit'),
    400,
    'too_large',
    'too_large',
  ],
  ['no permission', told(403, 'PERMISSION_DENIED', 'No.'), 403, 'upstream_auth', 'auth'],
  ['no model', told(404, 'NOT_FOUND', 'models/x is not found'), 404, 'unknown_model', 'not_found'],
  ['a limit of a minute', told(429, 'RESOURCE_EXHAUSTED', 'Wait.'), 429, 'upstream_throttled', 'throttled'],
  [
    'a limit of a day',
    told(429, 'RESOURCE_EXHAUSTED', 'Wait.', [
      detail('QuotaFailure', { violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }] }),
    ]),
    429,
    'upstream_auth',
    'quota',
  ],
  ['no free tier', told(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded, limit: 0'), 429, 'upstream_auth', 'quota'],
  ['a failure', told(500, 'INTERNAL', 'Oh.'), 500, 'upstream_failed', 'server'],
  ['an overload', told(503, 'UNAVAILABLE', 'Oh.'), 503, 'upstream_overloaded', 'server'],
  [
    'a list, as streams without events tell it',
    `[${told(429, 'RESOURCE_EXHAUSTED', 'x')}]`,
    429,
    'upstream_throttled',
    'throttled',
  ],
]

describe('an error of Google', () => {
  for (const [name, body, status, code, outcome] of cases) {
    test(`${name} is ${code}, ${outcome}`, () => {
      const error = gemini.readError(status, body)
      assert.deepEqual([error.code, error.details.outcome], [code, outcome])
    })
  }

  test('says how long to wait, and which field is wrong', () => {
    const wait = gemini.readError(
      429,
      told(429, 'RESOURCE_EXHAUSTED', 'x', [detail('RetryInfo', { retryDelay: '34.07s' })]),
    )
    assert.equal(wait.details.retryAfterMs, 34_070)
    const violations = { fieldViolations: [{ field: 'generation_config.top_k', description: 'too large' }] }
    const field = gemini.readError(400, told(400, 'INVALID_ARGUMENT', 'x', [detail('BadRequest', violations)]))
    assert.equal(field.details.param, 'generation_config.top_k')
  })

  test('inside a stream has the class of its own status, though the answer began with 200', () => {
    const read = (event: JsonValue) => gemini.reader('events')(Buffer.from(`data: ${JSON.stringify(event)}\n\n`))[0]
    const [one, other] = [
      read({ error: { code: 429, message: 'x', status: 'RESOURCE_EXHAUSTED' } }),
      read({ error: { message: 'x', status: 'UNAVAILABLE' } }),
    ]
    assert.ok(one?.kind === 'failure' && other?.kind === 'failure')
    assert.deepEqual([one.error.code, other.error.code], ['upstream_throttled', 'upstream_overloaded'])
  })
})

describe('an error for a caller of Gemini', () => {
  const written = (error: GatewayError) => JSON.parse(gemini.writeError(error, 'whole'))

  test('has Google’s number and word, and the gateway’s own code beside them', () => {
    for (const [code, number, word] of [
      ['invalid_request', 400, 'INVALID_ARGUMENT'],
      ['unauthenticated', 401, 'UNAUTHENTICATED'],
      ['budget_exhausted', 402, 'RESOURCE_EXHAUSTED'],
      ['forbidden', 403, 'PERMISSION_DENIED'],
      ['unknown_model', 404, 'NOT_FOUND'],
      ['rate_limited', 429, 'RESOURCE_EXHAUSTED'],
      ['internal', 500, 'INTERNAL'],
      ['upstream_failed', 502, 'UNAVAILABLE'],
      ['overloaded', 503, 'UNAVAILABLE'],
      ['deadline_exceeded', 504, 'DEADLINE_EXCEEDED'],
    ] as const) {
      const { error, tollgate } = written(new GatewayError(code, 'So it is.'))
      assert.deepEqual([error.code, error.status, error.message, tollgate.code], [number, word, 'So it is.', code])
    }
  })

  test('tells the field and the time to wait in Google’s details', () => {
    const { error, tollgate } = written(invalid('contents.0.role', 'must be user'))
    assert.deepEqual(error.details[1].fieldViolations, [
      { field: 'contents.0.role', description: 'contents.0.role: must be user' },
    ])
    assert.equal(tollgate.param, 'contents.0.role')
    const limited = written(new GatewayError('rate_limited', 'Wait.', { retryAfterMs: 1_500 }))
    assert.equal(limited.error.details[1].retryDelay, '1.5s')
    assert.match(written(incapable('n', 'gemini')).error.message, /cannot be expressed/)
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Delta } from '../core/delta.ts'
import { openaiErrorEvent, openaiText } from '../testing/index.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import { discreet } from './discreet.ts'

const secret = 'hunter2-hunter2'
const wire = discreet(openaiChat, [secret])

describe('a discreet wire', () => {
  test('masks what an upstream quotes in the words of a refusal, and nothing else of them', () => {
    const body = {
      error: { message: `line one\nkey ${secret}`, type: 'invalid_request_error', param: secret, code: null },
    }
    const error = wire.readError(400, JSON.stringify(body))
    assert.equal(error.code, 'upstream_rejected')
    assert.equal(error.message, 'line one\nkey [redacted]')
    assert.deepEqual(error.details.upstream, {
      status: 400,
      message: 'line one\nkey [redacted]',
      type: 'invalid_request_error',
      code: undefined,
      param: '[redacted]',
    })
  })

  test('masks a failure that is told in a stream', () => {
    const event = Buffer.from(openaiErrorEvent('content_filter', `flagged: ${secret}`))
    const [failure] = wire.reader('events')(event) as [Extract<Delta, { kind: 'failure' }>]
    assert.equal(failure.error.message, 'flagged: [redacted]')
  })

  test('leaves what models say alone', () => {
    const { body = '' } = openaiText(`The key is ${secret}.`)
    const deltas = wire.reader('whole')(Buffer.from(body))
    assert.ok(deltas.some((delta) => delta.kind === 'text' && delta.text.includes(secret)))
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { networkError } from './failures.ts'

const errorOf = (name: string, code?: string): Error => Object.assign(new Error('x'), { name, code })

describe('what a network error means', () => {
  test('an answer that breaks HTTP is garbled, whether or not the parser gives a code', () => {
    for (const error of [errorOf('HTTPParserError'), errorOf('HTTPParserError', 'HPE_INVALID_CHUNK_SIZE')]) {
      assert.equal(networkError(error, true, 'p/m').details.outcome, 'malformed')
    }
    assert.equal(networkError(errorOf('Error', 'UND_ERR_HEADERS_OVERFLOW'), true, 'p/m').code, 'upstream_garbled')
  })

  test('a connection that broke after the request went out leaves open what happened there', () => {
    const error = networkError(errorOf('SocketError', 'UND_ERR_SOCKET'), true, 'p/m')
    assert.deepEqual([error.code, error.details.outcome], ['upstream_unreachable', 'ambiguous'])
  })

  test('before that, nothing was sent', () => {
    const refused = networkError(new Error('x', { cause: errorOf('Error', 'ECONNREFUSED') }), false, 'p/m')
    assert.deepEqual([refused.code, refused.details.outcome], ['upstream_unreachable', 'not_sent'])
    assert.match(refused.message, /ECONNREFUSED/)
    const late = networkError(errorOf('ConnectTimeoutError', 'UND_ERR_CONNECT_TIMEOUT'), false, 'p/m')
    assert.deepEqual([late.code, late.details.outcome], ['upstream_timeout', 'not_sent'])
  })
})

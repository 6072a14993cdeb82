import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { createRedactor, mask, redactedLimit } from './redact.ts'

const redact = createRedactor([])

describe('registered secrets', () => {
  test('are masked wherever they stand', () => {
    const own = createRedactor(['hunter2!', 'swordfish'])
    assert.equal(own('xhunter2!y swordfish'), `x${mask}y ${mask}`)
  })

  test('are masked when they are percent-encoded or escaped', () => {
    const own = createRedactor(['a b"c+d/e'])
    assert.equal(own('?key=a%20b%22c%2Bd%2Fe {"k":"a b\\"c+d/e"}'), `?key=${mask} {"k":"${mask}"}`)
  })

  test('are masked whole when one begins with another', () => {
    assert.equal(createRedactor(['abcd', 'abcdefgh'])('abcdefgh'), mask)
  })

  test('are taken literally, not as patterns', () => {
    const own = createRedactor(['a.c*(x', '[a-z]-$^|'])
    assert.equal(own('a.c*(x abc [a-z]-$^|'), `${mask} abc ${mask}`)
  })

  test('of less than four characters mask nothing', () => {
    assert.equal(createRedactor(['', 'a', 'abc'])('abc a'), 'abc a')
  })

  test('that cross the cut leave no half behind', () => {
    const secret = 'correct-horse-battery-staple'
    const text = createRedactor([secret])(`${'x'.repeat(redactedLimit - 10)}${secret}`)
    assert.doesNotMatch(text, /corr/)
  })

  test('behind the cut do not slip in when masks make the text shorter', () => {
    const secret = 'correct-horse-battery-staple-and-so-on'
    const text = createRedactor([secret])(secret.repeat(200))
    assert.doesNotMatch(text, /corr|horse/)
  })
})

describe('what looks like a key', () => {
  const keys = [
    'sk-proj-Ab12Cd34Ef56Gh78_Ij90-Kl',
    'sk-ant-api03-Ab12Cd34Ef56Gh78-Ij90Kl12Mn34',
    'sk-or-v1-0123456789abcdef0123456789abcdef',
    'sk-tg-abc123-Ab12Cd34Ef56Gh78',
    'AIzaSyA0123456789abcdefghijklmnopqrstuv',
    'AQ.Ab8RN6J0123456789abcdefghij-_x',
    'gsk_0123456789abcdefghijABCDEFGHIJ',
    'xai-0123456789abcdefghijABCDEFGHIJ',
    'hf_abcdefghijABCDEFGHIJabcdefghij',
    'AKIAIOSFODNN7EXAMPLE',
    'ASIAIOSFODNN7EXAMPLE',
    'pplx-0123456789abcdef0123456789abcdef',
    'nvapi-0123456789abcdef_0123456789abcdef',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
    'ya29.a0AfH6SMBabcdefghijklmnop',
  ]
  for (const key of keys) {
    test(`is masked: ${key.slice(0, 8)}…`, () => {
      assert.equal(redact(`Incorrect API key provided: "${key}".`), `Incorrect API key provided: "${mask}".`)
    })
  }

  test('is masked after the name of a scheme', () => {
    assert.equal(redact('authorization: Bearer abc.def-123456'), `authorization: ${mask}`)
    assert.equal(redact('Proxy-Authorization: Basic dXNlcjpwYXNz'), `Proxy-Authorization: ${mask}`)
  })

  test('is not seen in ordinary words', () => {
    const text = 'The risk-averse-strategist asked about task-scheduling-algorithms; the bearer of news, sk-1, hf_x.'
    assert.equal(redact(text), text)
  })
})

describe('the shape of a text', () => {
  test('stays as it is when there is nothing to hide', () => {
    assert.equal(redact('a model’s name: gpt-5-mini'), 'a model’s name: gpt-5-mini')
  })

  test('loses its control characters and what reorders text', () => {
    assert.equal(
      redact('a\r\nb\u001b[31m\u0000\u0085\u2028\u202ec'),
      'a\\u000d\\u000ab\\u001b[31m\\u0000\\u0085\\u2028\\u202ec',
    )
  })

  test('is cut at the limit, also when escapes make it longer', () => {
    assert.equal(redact('x'.repeat(10_000)).length, redactedLimit)
    assert.equal(redact('\n'.repeat(3_000)).length, redactedLimit)
    assert.equal(redact('x'.repeat(redactedLimit)), 'x'.repeat(redactedLimit))
  })

  test('takes time in proportion to its length, whatever is in it', () => {
    const own = createRedactor(['aaaaaaaaaaaaaaaaaaaaaaaab', 'Bearer '])
    const hostile = ['a', 'sk-', 'Bearer ', 'eyJ', 'eyJaaaaaaaaaa.', 'AIza', ' \t', 'sk-aaaaaaa ', 'ghp_', '\u001b']
    for (const piece of hostile) {
      const text = piece.repeat(Math.ceil(32e6 / piece.length))
      const started = performance.now()
      assert.ok(own(text).length <= redactedLimit)
      // By the square of its length it would be days; a busy machine may make a part of a second more.
      assert.ok(performance.now() - started < 3_000, piece)
    }
  })

  test('never holds a control character or a secret, whatever it was', () => {
    const secret = 'S3cr3t-Value'
    const own = createRedactor([secret])
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(secret, encodeURIComponent(secret), '\n', 'sk-'),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 200 }), (parts) => {
        const text = own(parts.join(''))
        assert.ok(!text.includes(secret))
        assert.doesNotMatch(text, /\p{Cc}/u)
        assert.ok(text.length <= redactedLimit)
      }),
    )
  })
})

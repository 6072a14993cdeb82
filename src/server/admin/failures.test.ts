import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { GatewayError } from '../../core/errors.ts'
import { createFakeClock } from '../../testing/clock.ts'
import { Failures, mostFailures, neighbourhood } from './failures.ts'

const limited = (error: unknown): boolean => error instanceof GatewayError && error.code === 'rate_limited'

const failOften = (failures: Failures, address: string, isLocal = false): void => {
  for (let attempt = 0; attempt < mostFailures; attempt++) failures.failed(address, isLocal)
}

describe('wrong tokens of an address', () => {
  test('one less than the most is forgiven', () => {
    const failures = new Failures(createFakeClock())
    for (let attempt = 1; attempt < mostFailures; attempt++) failures.failed('a', false)
    failures.check('a')
  })

  test('the most of them make it wait a minute, and nobody else', () => {
    const clock = createFakeClock()
    const failures = new Failures(clock)
    failOften(failures, 'a')
    assert.throws(() => failures.check('a'), limited)
    failures.check('b')
    clock.advance(59_999)
    assert.throws(() => failures.check('a'), limited)
    clock.advance(1)
    failures.check('a')
  })

  test('this machine waits for two seconds only', () => {
    const clock = createFakeClock()
    const failures = new Failures(clock)
    failOften(failures, 'local', true)
    assert.throws(() => failures.check('local'), limited)
    clock.advance(2_000)
    failures.check('local')
  })

  test('old ones are forgotten, and a right token forgets all', () => {
    const clock = createFakeClock()
    const failures = new Failures(clock)
    for (let attempt = 0; attempt < 5; attempt++) failures.failed('a', false)
    clock.advance(60_000)
    for (let attempt = 0; attempt < 9; attempt++) failures.failed('a', false)
    failures.check('a')
    failures.succeeded('a')
    failures.failed('a', false)
    failures.check('a')
  })

  test('however many addresses try, little is remembered, the newest first', () => {
    const failures = new Failures(createFakeClock())
    failOften(failures, 'first')
    for (let address = 0; address < 10_000; address++) failures.failed(`${address}`, false)
    failures.check('first')
    failOften(failures, 'last')
    assert.throws(() => failures.check('last'), limited)
  })
})

describe('the neighbourhood of an address', () => {
  for (const [address, expected] of [
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '::ffff:203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
  ] as const) {
    test(`of ${address} is ${expected}`, () => assert.equal(neighbourhood(address), expected))
  }
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { futureMoment, momentText, pastMoment, wholeHours } from './moments.ts'

const now = Date.parse('2026-11-24T13:05:19.301Z')
const at = (text: string): number => Date.parse(text)

describe('a moment on the command line', () => {
  test('is a time ago, or from now where it lies ahead', () => {
    assert.equal(pastMoment('7d', now), at('2026-11-17T13:05:19.301Z'))
    assert.equal(pastMoment('1h30m', now), at('2026-11-24T11:35:19.301Z'))
    assert.equal(futureMoment('90d', now), at('2027-02-22T13:05:19.301Z'))
  })

  test('is now, or the beginning of today in UTC', () => {
    assert.equal(pastMoment('now', now), now)
    assert.equal(pastMoment('today', now), at('2026-11-24T00:00Z'))
  })

  test('is the beginning of a date in UTC, or a date with a time and perhaps a zone', () => {
    assert.equal(pastMoment('2026-11-01', now), at('2026-11-01T00:00Z'))
    assert.equal(pastMoment('2026-11-01T09:30', now), at('2026-11-01T09:30Z'))
    assert.equal(futureMoment('2026-12-01T09:30+02:00', now), at('2026-12-01T07:30Z'))
    assert.equal(futureMoment('2026-12-01T09:30:15.5Z', now), at('2026-12-01T09:30:15.500Z'))
  })

  test('is nothing else', () => {
    for (const text of ['', 'yesterday', '7', '7 d', '-7d', '2026-02-30', '2026-13-01', '01.11.2026', '1763989519'])
      assert.equal(pastMoment(text, now), undefined, text)
  })

  test('is told in UTC to the second, and as nothing where there is none', () => {
    assert.equal(momentText(now), '2026-11-24 13:05:19')
    assert.equal(momentText(Number.POSITIVE_INFINITY), '')
    assert.equal(momentText(undefined), '')
  })
})

test('a stretch of time is widened to whole hours, and one that is whole stays as it is', () => {
  const whole = { from: at('2026-11-24T12:00Z'), to: at('2026-11-24T14:00Z') }
  assert.deepEqual(wholeHours(at('2026-11-24T12:30Z'), now), whole)
  assert.deepEqual(wholeHours(whole.from, whole.to), whole)
})

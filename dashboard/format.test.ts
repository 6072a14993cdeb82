import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { count, duration, exactUsd, percent, shortUsd, size, usdNumber } from './format.ts'

describe('money for people', () => {
  test('has cents from a dollar on, and below that three digits that say something', () => {
    const told = ['0', '1', '1234.567', '0.2', '0.784', '0.00213', '0.0000278', '0.000000001', '12345678.9']
    const shown = [
      '$0',
      '$1.00',
      '$1,234.57',
      '$0.20',
      '$0.784',
      '$0.00213',
      '$0.0000278',
      '$0.000000001',
      '$12,345,678.90',
    ]
    assert.deepEqual(told.map(shortUsd), shown)
  })

  test('says that it is unknown, and never zero for that', () => {
    for (const amount of [undefined, null]) {
      assert.equal(shortUsd(amount), 'unknown')
      assert.equal(exactUsd(amount), undefined)
      assert.equal(usdNumber(amount), undefined)
    }
  })

  test('is exact where it is asked for exactly, in each of the forms it comes in', () => {
    assert.equal(exactUsd({ usd: '0.000123456' }), '0.000123456')
    assert.equal(exactUsd('12345678.123456789'), '12345678.123456789')
    assert.equal(exactUsd(0.0000001), '0.0000001')
  })
})

describe('quantities for people', () => {
  test('counts are whole up to 99,999', () => {
    assert.deepEqual([0, 99_999, 100_000, 1_234_567].map(count), ['0', '99,999', '100K', '1.23M'])
  })

  test('shares of nothing are none', () => {
    assert.deepEqual(
      [percent(1, 0), percent(0, 5), percent(1, 8), percent(1, 300), percent(5, 5)],
      ['–', '0%', '12.5%', '0.33%', '100%'],
    )
  })

  test('lengths of time have the unit that fits', () => {
    assert.deepEqual([0, 0.4, 12.4, 1_234, 12_345, 65_000, 7_200_000, 864_000_000].map(duration), [
      '0 ms',
      '0.4 ms',
      '12 ms',
      '1.23 s',
      '12.3 s',
      '1 min 5 s',
      '2 h 0 min',
      '10 days',
    ])
  })

  test('bytes have the unit that fits', () => {
    assert.deepEqual([0, 1_023, 1_536, 1_073_741_824].map(size), ['0 B', '1,023 B', '1.5 KiB', '1 GiB'])
  })
})

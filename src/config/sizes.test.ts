import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { percentShare, sizeBytes } from './sizes.ts'

describe('a size', () => {
  const written: Readonly<Record<string, number>> = {
    '100B': 100,
    '512KiB': 524_288,
    '32MiB': 33_554_432,
    '1.5 GiB': 1_610_612_736,
    '1kB': 1_000,
    '10MB': 10_000_000,
  }
  for (const [text, bytes] of Object.entries(written)) {
    test(`${text} is ${bytes} bytes`, () => assert.equal(sizeBytes(text), bytes))
  }

  for (const text of ['', '32', 'MiB', '32mib', '-1MiB', '32 M', '1TiB', '1.MiB']) {
    test(`${JSON.stringify(text)} is none`, () => assert.equal(sizeBytes(text), undefined))
  }
})

describe('a percentage', () => {
  test('is a hundredth of its number', () => assert.equal(percentShare('0.5%'), 0.005))
  test('needs its sign', () => assert.equal(percentShare('5'), undefined))
})

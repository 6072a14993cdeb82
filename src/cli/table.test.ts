import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { table } from './table.ts'

describe('a table', () => {
  test('has columns as wide as their widest cell, and no blanks at the ends of lines', () => {
    assert.equal(
      table(
        ['NAME', 'TEAM'],
        [
          ['web', 'shop'],
          ['nightly-batch', ''],
        ],
      ),
      'NAME           TEAM\nweb            shop\nnightly-batch',
    )
  })

  test('puts counts to the right', () => {
    const rows = [['9'], ['1000']]
    assert.equal(table([{ heading: 'CALLS', align: 'right' }], rows), 'CALLS\n    9\n 1000')
  })

  test('puts the points of money under each other, whole amounts and the unknown before them', () => {
    const rows = [['12.5'], ['1000'], ['0.000000001'], ['?']]
    const expected = ['           $', '  12.5', '1000', '   0.000000001', '   ?']
    assert.deepEqual(table([{ heading: '$', align: 'point' }], rows).split('\n'), [
      expected[0]?.padStart(14),
      ...expected.slice(1),
    ])
  })

  test('is only its headings where there are no rows', () => {
    assert.equal(table(['NAME', { heading: 'COST $', align: 'point' }], []), 'NAME  COST $')
  })

  test('leaves columns out in which no row says anything', () => {
    const rows = [
      ['web', '', 'active'],
      ['batch', '', 'revoked'],
    ]
    assert.equal(table(['NAME', 'TEAM', 'STATE'], rows), 'NAME   STATE\nweb    active\nbatch  revoked')
  })

  test('shows what would steer a terminal as its number', () => {
    const rows = [['\u001b[2Jada\n'], ['a\u202eb']]
    assert.equal(table(['END USER'], rows), 'END USER\n\\u{1b}[2Jada\\u{a}\na\\u{202e}b')
  })

  test('counts letters of every script as one', () => {
    const rows = [
      ['𝒜da', '1'],
      ['Zoë', '2'],
    ]
    assert.equal(table(['USER', 'X'], rows), 'USER  X\n𝒜da   1\nZoë   2')
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { csvOf } from './csv.ts'

/** Reads CSV back, as RFC 4180 says. */
const parse = (text: string): string[][] => {
  const rows: string[][] = []
  let row: string[] = []
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}

const words = fc.array(fc.constantFrom('a', '=', '+', '-', '@', '"', ',', '\n', '\r', '\t', ' ', "'", 'ü'), {
  maxLength: 6,
})
const cells = fc.array(
  words.map((parts) => parts.join('')),
  { minLength: 1, maxLength: 4 },
)

describe('CSV', () => {
  test('whatever cells say, they come back as they were, but for a mark before formulas', () => {
    fc.assert(
      fc.property(cells, fc.array(cells, { maxLength: 4 }), (head, rows) => {
        const back = parse(csvOf(head, rows))
        assert.deepEqual(
          back.map((row) => row.length),
          [head, ...rows].map((row) => row.length),
        )
        for (const [at, row] of [head, ...rows].entries()) {
          for (const [column, cell] of row.entries()) {
            assert.ok([cell, `'${cell}`].includes(back[at]?.[column] ?? ''), JSON.stringify([cell, back[at]]))
          }
        }
      }),
    )
  })

  test('no cell begins like a formula, also behind spaces', () => {
    fc.assert(
      fc.property(cells, (row) => {
        for (const cell of parse(csvOf(row, []))[0] ?? []) assert.doesNotMatch(cell, /^\s*[=+\-@]|^[\t\r]/)
      }),
    )
  })
})

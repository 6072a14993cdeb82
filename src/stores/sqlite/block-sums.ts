import type { LedgerLine } from '../../core/ledger-line.ts'
import { type GatheredSums, LineGathering } from '../line-gathering.ts'
import { noSums, type Sums } from '../line-sums.ts'
import type { LineSummer } from '../store.ts'
import { sumColumns } from './rollup-tables.ts'

/** With more sums than this a block has none: what goes into the reports in one go must stay small. */
const mostSums = 500

/** Adds up the lines of a block while it is made, so that they need not be read again (docs/decisions/0017-ledger-in-blocks.md). */
export const createLineSummer = (): LineSummer => {
  let gathering = new LineGathering()
  return {
    add: (line: LedgerLine) => {
      if (gathering.size <= mostSums) gathering.add(line)
    },
    take: () => {
      const { size } = gathering
      const text = size > mostSums || size === 0 ? '' : textOf(gathering.result())
      gathering = new LineGathering()
      return text
    },
  }
}

const textOf = ({ names, plain, scoped }: GatheredSums): string =>
  JSON.stringify({
    names,
    plain: plain.map((each) => ({ ...each, sums: valuesOf(each.sums) })),
    scoped: scoped.map((each) => ({ ...each, sums: valuesOf(each.sums) })),
  })

const valuesOf = (sums: Sums): (number | string)[] =>
  sumColumns.map(([field]) => (typeof sums[field] === 'bigint' ? String(sums[field]) : sums[field]))

const nothing = noSums()

/** The sums of a block as they were written with it. */
export const readBlockSums = (text: string): GatheredSums => {
  const { names, plain, scoped } = JSON.parse(text)
  return { names, plain: plain.map(withSums), scoped: scoped.map(withSums) }
}

const withSums = <Packed extends { sums: readonly (number | string)[] }>(packed: Packed) => ({
  ...packed,
  sums: Object.fromEntries(
    sumColumns.map(([field], index) => {
      const value = packed.sums[index]
      // A sum that its version did not know is nothing.
      return [field, typeof value === 'string' ? BigInt(value) : (value ?? nothing[field])]
    }),
  ) as unknown as Sums,
})

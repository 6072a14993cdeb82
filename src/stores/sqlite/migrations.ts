import { controlTables } from './control-tables.ts'
import { ledgerTables } from './ledger-tables.ts'
import { rollupTables } from './rollup-tables.ts'

/** What made the store what it is, in order; its version is how many of them were done. What was released stays as it is. */
export const migrations: readonly (readonly string[])[] = [[...ledgerTables, ...controlTables, ...rollupTables]]

import type { Allowance } from '../core/allowance.ts'
import type { KeyView, ScopeView } from './control.ts'

/** What the configuration declares, as administrators see it: it goes before what they made, and they cannot change it. */
export interface Declared {
  readonly keys: readonly KeyView[]
  readonly scopes: readonly ScopeView[]
  readonly allowances: readonly Allowance[]
}

export const nothingDeclared: Declared = { keys: [], scopes: [], allowances: [] }

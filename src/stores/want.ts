import type { Scope } from '../core/scope.ts'
import type { Window } from '../core/window.ts'

/** How much of an allowance a process asks for. */
export interface Want {
  /** `Allowance.id`. */
  readonly allowance: string
  /** Whose: a scope with its own name, never `*`. */
  readonly subject: Scope
  readonly window: Window
  /** The limit in force. */
  readonly limit: bigint
  /** Less than this is of no use. */
  readonly least: bigint
  readonly wish: bigint
  /** What becomes of a slice whose process died: money is charged (`lost`), everything else is free again. */
  readonly onLoss: 'charge' | 'free'
  /** Percents of the limit to be told of when what was settled reaches them; absent: none. */
  readonly alerts?: readonly number[] | undefined
}

/** Why a lease was refused: the first want that did not fit, with the figures the decision was made on. */
export interface Shortage {
  readonly allowance: string
  readonly subject: Scope
  readonly limit: bigint
  readonly settled: bigint
  readonly leased: bigint
  /** What could be had, less than `least`. */
  readonly free: bigint
  /** Unix milliseconds at which more becomes free by itself; undefined for `total`. */
  readonly resetsAt: number | undefined
}

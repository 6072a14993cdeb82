import type { Allowance } from '../core/allowance.ts'
import type { Aside } from '../core/aside.ts'
import type { LedgerLine } from '../core/ledger-line.ts'
import type { Scope } from '../core/scope.ts'
import type { StopSignal } from '../core/stop.ts'

/** So much of one allowance, for one subject. */
export interface Ask {
  readonly allowance: Allowance
  readonly subject: Scope
  /** Less is of no use. */
  readonly least: bigint
  readonly wish: bigint
}

/** What is set aside for one call or attempt, of every allowance that it asked of, in the order of asking. */
export interface Hold {
  /** At least `least`, at most `wish` of each ask. */
  readonly granted: readonly bigint[]
  /** Books what was used of each ask and frees the rest. Works once; whatever comes later does nothing. */
  settle(used: readonly bigint[]): void
  /** Nothing was used. */
  release(): void
}

/** Where one allowance stands for one subject, as far as this process knows. */
export interface View {
  readonly limit: bigint
  /** Settled, and held or leased by anybody. */
  readonly used: bigint
  /** Unix milliseconds at which more becomes free by itself; undefined: never. */
  readonly resetsAt: number | undefined
  /** What the store counts as leased though nobody holds or has used it: it is free in this process, or on its way back. Default 0. */
  readonly own?: bigint | undefined
}

/**
 * What this process may spend: slices of allowances leased from the store and spent in memory, so that a call waits for
 * no disk. One for all four units and all protocols.
 */
export interface Ledger {
  /**
   * All asks or none; each allowance and subject at most once. At once when the slices in memory cover them, else after
   * leasing. Fails with `budget_exhausted` or `rate_limited`, with facts (whose limit, scope, limit, used, resets), or
   * with `store_unavailable`; what is known at once is thrown at once. A signal that stops it rejects with its reason. What was set
   * aside for this before comes first.
   */
  hold(asks: readonly Ask[], signal: StopSignal, aside?: Aside): Hold | Promise<Hold>
  /** Books on soft allowances, without holding. */
  charge(ask: { readonly allowance: Allowance; readonly subject: Scope }, used: bigint): void
  /** One line for each attempt that sent bytes; with the bookings made by then, in one transaction, within a fifth of a second. */
  write(line: LedgerLine): void
  view(allowance: Allowance, subject: Scope): View | undefined
  /** The refusal that `hold` is known to give at this moment without asking the store, for saying no before a body is read. */
  refusal(asks: readonly Ask[]): Error | undefined
  /** Sum of what is held now, for the gauge that must read 0 when nothing is under way. */
  readonly heldCount: number
  /** Books everything and gives slices back. */
  close(): Promise<void>
}

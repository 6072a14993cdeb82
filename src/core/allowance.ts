import type { Caller } from './call.ts'
import type { Scope } from './scope.ts'
import type { Window } from './window.ts'

/** What an allowance counts: nano-dollars, tokens, requests, or calls under way at once. */
export type AllowanceUnit = 'nanos' | 'tokens' | 'requests' | 'concurrency'

/**
 * How much of something may be used within a window: a budget of money, a limit of requests or tokens, a number of
 * calls at once. All four are one mechanism: held before, settled after, `settled + held ≤ limit` at every moment.
 */
export interface Allowance {
  /** Names it in stores and admin pages; the same in every process and after every restart. */
  readonly id: string
  readonly unit: AllowanceUnit
  /** Whole units, 0 to 2^53 - 1 (nano-dollars: to 2^63 - 1). */
  readonly limit: bigint
  /** `total` for concurrency: what is given back is free again. */
  readonly window: Window
  /** Whom it binds. A name of `*` stands for each by itself: `session:*` gives every session its own. */
  readonly scope: Scope
  /** The public model it is for; undefined: all together. */
  readonly model?: string | undefined
  /** False: only counted and told of, never refused. Always true but for money. */
  readonly isHard: boolean
  /** Not money: does a call that does not fit wait for its turn, instead of being refused? Default false. */
  readonly waits?: boolean | undefined
  /** Money only: what happens to an attempt that does not fit. */
  readonly onLimit: 'refuse' | 'cheaper'
  /** Money only: may the output be shortened so that the attempt fits? Default clamp. */
  readonly onShort: 'clamp' | 'reject'
  /** Money only: percent of the limit at which somebody is told, rising. */
  readonly alerts: readonly number[]
  /** Money only: where alerts are sent, beside the log. */
  readonly webhook?: string | undefined
}

/** An allowance that binds somebody, and whose share of it is meant: the scope by its own name. */
export interface Bound {
  readonly allowance: Allowance
  readonly subject: Scope
}

/**
 * Which allowances bind a caller that asks for a public model, in the fixed order of scope kinds, then of ids. With a
 * provider, those of the provider as well. Cheap enough for every call.
 */
export type Match = (caller: Caller, model: string, provider?: string) => readonly Bound[]

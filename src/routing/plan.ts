import type { CacheRules } from '../core/cache-rules.ts'
import type { Timeouts } from '../core/call.ts'
import type { OutputRules } from '../core/output-rules.ts'
import type { QueueLimits } from '../core/queue-limits.ts'
import type { Target } from '../core/target.ts'
import type { Policy } from './policy.ts'

/** What a public model name stands for. */
export interface Route {
  /** The public name. */
  readonly name: string
  /** True when the configuration or a provider's list names it; false for a `provider/model` that a caller made up. */
  readonly listed: boolean
  readonly targets: readonly Target[]
  readonly policies: readonly Policy[]
  /** What the policies are called, in the same order, for people. */
  readonly policyNames?: readonly string[] | undefined
  /** Asked when the prompt is too long for the targets. */
  readonly contextChain: readonly Target[]
  /** Asked when a provider's content policy refuses. Empty unless configured. */
  readonly policyChain: readonly Target[]
  readonly timeouts: RouteTimeouts
  readonly retry: RetryLimits
  /** Undefined: nothing is asked twice. */
  readonly hedge?: HedgeLimits | undefined
  /** Undefined: nothing is copied. */
  readonly mirror?: Mirror | undefined
  /** Of all calls, so many are asked again to compare the answers, 0 to 1; undefined: none. */
  readonly repeat?: { readonly share: number } | undefined
  /** What is done so that structured output is valid; undefined: what is usual. */
  readonly output?: OutputRules | 'off' | undefined
  /** Undefined: nothing is answered from memory. */
  readonly cache?: CacheRules | undefined
  /** How calls wait for its targets; undefined: as the provider of each has it; false: they do not. */
  readonly queue?: QueueLimits | false | undefined
  /** Names everything that this route says of who answers: an answer of another route is none of this one. */
  readonly identity: string
  /** Does who asks decide who answers, so that two callers of one scope may not share? */
  readonly readsCaller: boolean
}

export interface RouteTimeouts extends Timeouts {
  /** The whole call, whole answers. Default 600 000. */
  readonly totalMs: number
  /** The whole call, streams. Default 3 600 000. */
  readonly streamTotalMs: number
}

export interface RetryLimits {
  /** Upstream requests for one call, all targets together, 1 to 6. Default 4. */
  readonly attempts: number
  /** Further tries at the same target. Default 1. */
  readonly sameTarget: number
}

/** When a second target is asked because the first is late. */
export interface HedgeLimits {
  /** Milliseconds, or a share of what the target took lately, 0.5 to 0.999. */
  readonly after: { readonly ms: number } | { readonly share: number }
  /** Of all calls, so many may be asked twice: 0 to 1. */
  readonly budget: number
}

/** Where a copy of some calls goes. */
export interface Mirror {
  readonly target: Target
  /** Of all calls, 0 to 1. */
  readonly share: number
}

/** All public models. Swapped whole when the configuration changes. */
export interface Plan {
  /** Undefined when no such model is served. */
  find(model: string): Route | undefined
  /** Listed names, for `GET /v1/models`. */
  readonly names: readonly { readonly name: string; readonly provider: string }[]
}

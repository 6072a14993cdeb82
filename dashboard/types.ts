import type { Moment, Usd } from './format.ts'

/** A list as `/admin/api` tells it. */
export interface PageOf<T> {
  readonly data: readonly T[]
  readonly next?: string | null
}

export interface Percentiles {
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

/** Sums over calls. */
export interface Totals {
  readonly calls: number
  readonly ok: number
  readonly errors: number
  readonly cancelled: number
  readonly attempts: number
  readonly retries: number
  readonly fallbacks: number
  readonly hits: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  readonly reasoningTokens: number
  readonly costUsd: Usd
  readonly unknownCost: number
  readonly estimatedCostUsd: Usd
  readonly savedUsd: Usd
  readonly latencyMs?: Percentiles | null
  readonly firstTokenMs?: Percentiles | null
}

export interface TargetTotals {
  readonly name: string
  readonly attempts: number
  readonly failed: number
  readonly latencyMs?: Percentiles | null
  readonly firstTokenMs?: Percentiles | null
  readonly costUsd: Usd
  readonly unknownCost?: number
}

export interface Overview {
  readonly from: Moment
  readonly to: Moment
  readonly step: 'minute' | 'hour' | 'day'
  readonly totals: Totals
  readonly points: readonly (Totals & { readonly at: Moment })[]
  readonly models: readonly (Totals & { readonly name: string })[]
  readonly targets: readonly TargetTotals[]
  readonly errors: readonly { readonly code: string; readonly calls: number }[]
}

/** A call in a list. */
export interface CallRow {
  readonly id: string
  readonly startedAt: Moment
  readonly durationMs: number
  readonly firstTokenMs?: number | null
  readonly model: string
  readonly target?: string | null
  readonly outcome: 'ok' | 'error' | 'cancelled'
  readonly error?: string | null
  readonly key: string
  readonly team?: string | null
  readonly endUser?: string | null
  readonly stream: boolean
  readonly operation: string
  readonly purpose?: string | null
  readonly attempts: number
  readonly inputTokens?: number | null
  readonly outputTokens?: number | null
  readonly costUsd?: Usd
  readonly cache?: string | null
  readonly output?: string | null
}

export interface TargetHealth {
  readonly target: string
  readonly state: 'closed' | 'open' | 'half-open'
  readonly reason?: string | null
  readonly failingSince?: Moment | null
  readonly opensUntil?: Moment | null
}

export interface ProviderTarget extends TargetHealth {
  readonly model: string
  readonly attempts: number
  readonly failed: number
  readonly latencyMs?: Percentiles | null
  readonly firstTokenMs?: Percentiles | null
  readonly costUsd: Usd
  readonly unknownCost: number
  readonly outputTokensPerSecond?: number | null
}

export interface Provider {
  readonly provider: string
  readonly targets: readonly ProviderTarget[]
}

export interface Standing {
  readonly subject: string
  readonly from?: string
  readonly to?: string
  readonly settled: string
  readonly leased: string
  readonly lost: string
  readonly free: string
}

export type Window =
  | { readonly kind: 'total' }
  | { readonly kind: 'calendar'; readonly per: string; readonly timezone: string }
  | { readonly kind: 'rolling'; readonly seconds: number }

/** A budget or a limit. */
export interface Allowance {
  readonly id: string
  readonly scope: string
  readonly model?: string
  readonly unit: 'usd' | 'tokens' | 'requests' | 'concurrency'
  readonly limit: string
  readonly window: Window
  readonly hard: boolean
  readonly onLimit?: string
  readonly onShort?: string
  readonly alerts: readonly number[]
  readonly webhook?: string
  readonly declared: boolean
  readonly standings: readonly Standing[]
  readonly subjects: number
}

import type { Moment, Usd } from './format.ts'
import type { CallRow } from './types.ts'

/** Tokens of an attempt in disjoint parts. */
export interface Usage {
  readonly input: number
  readonly cacheRead: number
  readonly cacheWriteShort: number
  readonly cacheWriteLong: number
  readonly audioInput: number
  readonly output: number
  readonly reasoning: number
  readonly audioOutput: number
  readonly source: 'measured' | 'counted' | 'estimated'
  readonly serviceTier?: string | null
  readonly region?: string | null
  readonly searches?: number | null
}

export interface EntryAttempt {
  readonly target: string
  readonly ordinal: number
  readonly startMs: number
  readonly durationMs: number
  readonly queuedMs?: number | null
  readonly outcome: string
  readonly error?: string | null
  readonly status?: number | null
  readonly usage?: Usage | null
  /** Nano-dollars. */
  readonly cost?: string | null
  readonly costUsd?: Usd
  readonly held?: string | null
  readonly isHedge?: boolean | null
}

export interface Decisions {
  readonly order?: readonly string[]
  readonly skipped?: readonly { readonly target: string; readonly reason: string }[]
  readonly hedge?: string
  readonly mirror?: string
  readonly limits?: readonly {
    readonly unit: string
    readonly limit: string | number
    readonly remaining: string | number
    readonly resetsAt?: number | null
  }[]
  readonly isShortened?: boolean
  readonly cache?: {
    readonly outcome: string
    readonly ageMs?: number
    readonly target?: string
    readonly saved?: string
    readonly savedMs?: number
    readonly wouldHit?: boolean
    readonly items?: { readonly known: number; readonly all: number }
  }
  readonly output?: {
    readonly rung?: string
    readonly isFirstTry: boolean
    readonly asks: number
    readonly schema?: string
  }
  readonly idempotency?: string
  readonly replayOf?: string
}

export interface Feedback {
  readonly at?: Moment
  readonly score?: number | null
  readonly label?: string | null
  readonly comment?: string | null
}

/** What was said in a call. */
export interface Bodies {
  readonly request: string | null
  readonly response: string | null
  readonly isRequestCut: boolean
  readonly isResponseCut: boolean
}

/** Everything that is known of a call. */
export interface CallEntry extends Omit<CallRow, 'attempts' | 'cache' | 'output'> {
  readonly asked: string
  readonly org?: string | null
  readonly user?: string | null
  readonly session?: string | null
  readonly tags?: Readonly<Record<string, string>> | null
  readonly wire: string
  readonly queuedMs?: number | null
  readonly finishes: readonly string[]
  readonly attempts: readonly EntryAttempt[]
  readonly decisions: Decisions
  readonly parent?: string | null
  readonly prompt?: string | null
  readonly usage?: Usage | null
  readonly retryCount: number
  readonly feedback?: readonly Feedback[]
  readonly children?: readonly CallRow[]
  /** Null: not kept, or not for this token. */
  readonly bodies?: Bodies | null
}

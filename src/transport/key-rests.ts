import type { Clock } from '../core/clock.ts'
import type { Outcome } from '../core/outcome.ts'

/** One of several keys of a provider was found wanting. What is told never holds the key. */
export interface KeyNews {
  readonly provider: string
  /** Which one: 1 for the first in the configuration. */
  readonly ordinal: number
  /** `throttled`: its limit is reached; `quota`: its account has no credit; `auth`: it was refused. */
  readonly outcome: Outcome
  /** How long it is left alone, in milliseconds. */
  readonly restMs: number
}

/** Which keys are left alone, and until when; carried over when the configuration changes. */
export interface KeyRests {
  /** How long a key is still left alone, in milliseconds; 0: it may be used. */
  restMs(id: string): number
  /** Leaves a key alone from now on. */
  rest(id: string, news: KeyNews): void
}

export interface KeyRestsOptions {
  readonly clock: Clock
  /** Told of each key that is left alone. */
  tell?(news: KeyNews): void
}

export const createKeyRests = ({ clock, tell }: KeyRestsOptions): KeyRests => {
  const until = new Map<string, number>()
  return {
    restMs: (id) => {
      // Nearly always nothing rests.
      if (until.size === 0) return 0
      const left = (until.get(id) ?? 0) - clock.now()
      if (left > 0) return left
      until.delete(id)
      return 0
    },
    rest: (id, news) => {
      // A later, shorter answer never shortens a pause that was asked for.
      until.set(id, Math.max(until.get(id) ?? 0, clock.now() + news.restMs))
      tell?.(news)
    },
  }
}

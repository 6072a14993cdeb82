/** The time in which a quantity may be used. */
export type Window =
  | { readonly kind: 'total' }
  | { readonly kind: 'calendar'; readonly per: CalendarUnit; readonly timezone: string }
  /** Any stretch of this length: what was used stays counted until it is older than `ms`. */
  | { readonly kind: 'rolling'; readonly ms: number }

export type CalendarUnit = 'hour' | 'day' | 'week' | 'month'

/** One window, or one slot of a rolling one. */
export interface Period {
  /** Unix milliseconds; it names the period. 0 for `total`. */
  readonly start: number
  /** Unix milliseconds; `Infinity` for `total`. */
  readonly end: number
}

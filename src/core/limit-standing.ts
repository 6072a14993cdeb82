/** Where a limit stands, as callers are told in headers. */
export interface LimitStanding {
  readonly unit: 'requests' | 'tokens'
  readonly limit: bigint
  /** At least 0. */
  readonly remaining: bigint
  /** Unix milliseconds at which more becomes free by itself; undefined: never. */
  readonly resetsAt: number | undefined
}

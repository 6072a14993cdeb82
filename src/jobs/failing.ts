/** What an operator should know; never with a secret in its facts. */
export type Report = (message: string, facts: Readonly<Record<string, unknown>>) => void

/** Failures in a row, and how long to hold back after each. */
export interface Failing {
  /** Counts a failure. Returns how long to hold back, in milliseconds: 100 to 5 000, twice as long each time. */
  failed(): number
  /** It went well again. */
  passed(): void
}

export const createFailing = (): Failing => {
  let inARow = 0
  return {
    failed: () => {
      inARow += 1
      return Math.min(firstMs * 2 ** (inARow - 1), mostMs)
    },
    passed: () => {
      inARow = 0
    },
  }
}

const firstMs = 100
const mostMs = 5_000

/** Passes on no more than one report of its kind in ten seconds: an engine that is away says so with every breath. */
export const sparingly = (report: Report, now: () => number = performance.now.bind(performance)): Report => {
  const lately = new Map<string, number>()
  return (message, facts) => {
    const last = lately.get(message)
    if (last !== undefined && now() - last < quietMs) return
    lately.set(message, now())
    report(message, facts)
  }
}

const quietMs = 10_000

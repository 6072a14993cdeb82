/** Milliseconds that only ever rise; their zero is arbitrary. Tests give their own. */
export interface Clock {
  now(): number
}

export const systemClock: Clock = { now: () => performance.now() }

/** Measures how long the event loop is held up: nobody else is served in that time. */
export interface LoopWatch {
  /** The longest time between two turns, in milliseconds. */
  stop(): number
}

/** Begins to measure. */
export const watchLoop = (): LoopWatch => {
  let last = performance.now()
  let worst = 0
  const look = (): void => {
    const now = performance.now()
    worst = Math.max(worst, now - last)
    last = now
  }
  const timer = setInterval(look, 1)
  return {
    stop: () => {
      look()
      clearInterval(timer)
      return worst
    },
  }
}

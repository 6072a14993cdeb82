const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** How long a step is, in milliseconds. */
export const stepsMs = { minute: minuteMs, hour: hourMs, day: dayMs } as const

/** Stretches of time up to now, and how finely they are told. */
export const ranges = {
  '15m': { ms: 15 * minuteMs, step: 'minute', words: '15 minutes' },
  '1h': { ms: hourMs, step: 'minute', words: 'hour' },
  '24h': { ms: dayMs, step: 'hour', words: '24 hours' },
  '7d': { ms: 7 * dayMs, step: 'hour', words: '7 days' },
  '30d': { ms: 30 * dayMs, step: 'day', words: '30 days' },
  '90d': { ms: 90 * dayMs, step: 'day', words: '90 days' },
} as const

export type RangeName = keyof typeof ranges

/** A stretch that ends with the step that has begun. */
export const stretchOf = (name: RangeName, now: number) => {
  const { ms, step } = ranges[name]
  const stepMs = stepsMs[step]
  const to = Math.ceil((now + 1) / stepMs) * stepMs
  return { from: to - ms, to, step, stepMs }
}

/** A stretch in words. */
export const wordsOf = (name: RangeName): string => `the last ${ranges[name].words}`

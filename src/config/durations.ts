const millisecondsOf = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** The longest duration a timer of Node can wait, in milliseconds: a longer one would fire at once. */
export const longestMs = 2 ** 31 - 1

/** How durations are written: `250ms`, `10s`, `5m`, `1h`, `1h30m`. */
export const durationPattern = '(?:\\d+(?:\\.\\d+)?(?:ms|s|m|h|d))+'

/** A written duration in whole milliseconds, or undefined when it is none. */
export const durationMs = (text: string): number | undefined => {
  if (!new RegExp(`^${durationPattern}$`).test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * millisecondsOf[unit as keyof typeof millisecondsOf]
  }
  return Math.round(total)
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const

/** Milliseconds as people write them, in the largest unit that divides them: `600000` is `10m`. */
export const durationText = (ms: number): string => {
  const unit = ms === 0 ? undefined : units.find(([, size]) => ms % size === 0)
  return unit ? `${ms / unit[1]}${unit[0]}` : `${ms}ms`
}

import type { TimeKey } from './line-keys.ts'

export const hourMs = 3_600_000
export const dayMs = 24 * hourMs

/** From inclusive, to exclusive, in Unix milliseconds. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

const lengths: Readonly<Record<TimeKey, number>> = { hour: 13, day: 10, month: 7 }

/** The name of the hour, day or month in UTC that a moment is in: `2026-11-24T15:00Z`, `2026-11-24`, `2026-11`. */
export const periodName = (key: TimeKey, at: number): string => {
  const text = new Date(at).toISOString().slice(0, lengths[key])
  return key === 'hour' ? `${text}:00Z` : text
}

/** The stretch that such a name stands for; undefined for what is no such name. */
const periodOf = (key: TimeKey, name: string): Stretch | undefined => {
  const from = Date.parse(key === 'month' ? `${name}-01` : name)
  if (Number.isNaN(from) || periodName(key, from) !== name) return undefined
  if (key !== 'month') return { from, to: from + (key === 'hour' ? hourMs : dayMs) }
  const next = new Date(from)
  next.setUTCMonth(next.getUTCMonth() + 1)
  return { from, to: next.getTime() }
}

/** The part of a stretch that lies in named periods; empty for a name of nothing. */
export const narrowed = (stretch: Stretch, names: Readonly<Partial<Record<TimeKey, string>>>): Stretch => {
  let { from, to } = stretch
  for (const key of ['hour', 'day', 'month'] as const) {
    const name = names[key]
    if (name === undefined) continue
    const period = periodOf(key, name) ?? { from: 0, to: 0 }
    from = Math.max(from, period.from)
    to = Math.min(to, period.to)
  }
  return { from, to: Math.max(from, to) }
}

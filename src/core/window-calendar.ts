import { type LocalTime, localTime } from './window-zone.ts'

export type CalendarUnit = 'hour' | 'day' | 'week' | 'month'

/** One window, or one slot of a rolling one. */
export interface Period {
  /** Unix milliseconds; it names the period. 0 for `total`. */
  readonly start: number
  /** Unix milliseconds; `Infinity` for `total`. */
  readonly end: number
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs

interface Zone {
  readonly time: LocalTime
  /** The period of each unit that was asked for last: time passes, but seldom a period. */
  readonly latest: Map<CalendarUnit, Period>
}

const zones = new Map<string, Zone>()

const zoneNamed = (name: string): Zone => {
  const known = zones.get(name)
  if (known) return known
  const zone: Zone = { time: localTime(name), latest: new Map() }
  zones.set(name, zone)
  return zone
}

/** The hour, day, week (from Monday) or month of a time zone that holds this moment. Throws a RangeError for an unknown zone. */
export const calendarPeriod = (timezone: string, per: CalendarUnit, nowMs: number): Period => {
  const zone = zoneNamed(timezone)
  const latest = zone.latest.get(per)
  if (latest && latest.start <= nowMs && nowMs < latest.end) return latest
  const period = per === 'hour' ? hourAt(zone.time, nowMs) : daysAt(zone.time, per, nowMs)
  zone.latest.set(per, period)
  return period
}

/** From one full hour of the local clock to the next; where the clock is changed in between, a new hour begins. */
const hourAt = (time: LocalTime, nowMs: number): Period => {
  const offset = time.offsetAt(nowMs)
  const start = Math.floor((nowMs + offset) / hourMs) * hourMs - offset
  const end = start + hourMs
  return {
    start: time.offsetAt(start) === offset ? start : time.changeBetween(start, nowMs),
    end: time.offsetAt(end - 1) === offset ? end : time.changeBetween(nowMs, end - 1),
  }
}

/**
 * A day begins at the first moment at which the local date is that day's. A clock that is put back over midnight does
 * not bring the day before back.
 */
const daysAt = (time: LocalTime, per: 'day' | 'week' | 'month', nowMs: number): Period => {
  let first = firstDay[per](Math.floor((nowMs + time.offsetAt(nowMs)) / dayMs))
  for (;;) {
    const next = nextFirst[per](first)
    const end = time.firstAt(next * dayMs)
    if (nowMs < end) return { start: time.firstAt(first * dayMs), end }
    first = next
  }
}

/** Days are numbered from 1 January 1970, a Thursday. */
const firstDay = {
  day: (day: number): number => day,
  week: (day: number): number => day - ((((day + 3) % 7) + 7) % 7),
  month: (day: number): number => {
    const date = new Date(day * dayMs)
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / dayMs
  },
}

const nextFirst = {
  day: (first: number): number => first + 1,
  week: (first: number): number => first + 7,
  month: (first: number): number => {
    const date = new Date(first * dayMs)
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / dayMs
  },
}

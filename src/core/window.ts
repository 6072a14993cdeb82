import { type CalendarUnit, calendarPeriod, type Period } from './window-calendar.ts'

export type { CalendarUnit, Period }

/** The time in which a quantity may be used. */
export type Window =
  | { readonly kind: 'total' }
  | { readonly kind: 'calendar'; readonly per: CalendarUnit; readonly timezone: string }
  /** Any stretch of this length: what was used stays counted until it is older than `ms`. */
  | { readonly kind: 'rolling'; readonly ms: number }

/** Into how many slots the stretch of a rolling window is cut. */
export const slotsPerWindow = 60

const always: Period = { start: 0, end: Number.POSITIVE_INFINITY }

/** The length of one slot of a rolling window, in milliseconds; at least one. */
export const slotMs = (ms: number): number => Math.max(1, Math.ceil(ms / slotsPerWindow))

/**
 * The period that holds this moment (Unix milliseconds): the calendar's in its own time zone, weeks from Monday; one slot
 * of a rolling window. Throws a RangeError for an unknown time zone.
 */
export const periodAt = (window: Window, nowMs: number): Period => {
  if (window.kind === 'total') return always
  if (window.kind === 'calendar') return calendarPeriod(window.timezone, window.per, nowMs)
  const length = slotMs(window.ms)
  const start = Math.floor(nowMs / length) * length
  return { start, end: start + length }
}

/**
 * The start of the oldest period that still counts against the limit at this moment. Of a rolling window it is the slot
 * that is only partly outside of the last `ms`; it counts whole, so that no stretch of that length ever holds more.
 */
export const countsFrom = (window: Window, nowMs: number): number => {
  if (window.kind !== 'rolling') return periodAt(window, nowMs).start
  const length = slotMs(window.ms)
  return Math.floor((nowMs - window.ms) / length) * length
}

/** The moment from which nothing of the period that starts here counts any more: its end, or the stretch after it. */
export const countsUntil = (window: Window, start: number): number => {
  if (window.kind !== 'rolling') return periodAt(window, start).end
  return start + slotMs(window.ms) + window.ms
}

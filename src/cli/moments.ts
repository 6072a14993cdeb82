import { durationMs } from '../config/durations.ts'

const day = 86_400_000
const hour = 3_600_000

/** Unix milliseconds of a date such as `2026-11-24` (its beginning in UTC) or of a moment such as `2026-11-24T09:30Z`. */
const dateMs = (text: string): number | undefined => {
  const parts = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)?(Z|[+-]\d{2}:\d{2})?$/.exec(text)
  if (!parts) return undefined
  const [, date = '', time = 'T00:00', zone = 'Z'] = parts
  const at = Date.parse(date + time + zone)
  const midnight = Date.parse(`${date}T00:00Z`)
  if (Number.isNaN(at) || Number.isNaN(midnight)) return undefined
  // The 31st of a month that has 30 days is read as the day after.
  return new Date(midnight).toISOString().startsWith(date) ? at : undefined
}

/**
 * A moment as people write it on the command line, in Unix milliseconds: `now`, `today` (its beginning in UTC), a time
 * ago (`7d`), a date or a date with a time (UTC unless a zone is given); undefined when it is none.
 */
export const pastMoment = (text: string, now: number): number | undefined => {
  if (text === 'now') return now
  if (text === 'today') return now - (now % day)
  const ago = durationMs(text)
  return ago === undefined ? dateMs(text) : now - ago
}

/** A moment to come: a time from now (`90d`), a date or a date with a time; undefined when it is none. */
export const futureMoment = (text: string, now: number): number | undefined => {
  const ahead = durationMs(text)
  return ahead === undefined ? dateMs(text) : now + ahead
}

/** The whole hours that hold a stretch of time: sums are kept by the hour. */
export const wholeHours = (from: number, to: number): { readonly from: number; readonly to: number } => ({
  from: Math.floor(from / hour) * hour,
  to: Math.ceil(to / hour) * hour,
})

/** A moment for people, in UTC, to the second: `2026-11-24 09:30:00`. Empty: there is none. */
export const momentText = (at: number | undefined): string =>
  at === undefined || !Number.isFinite(at) ? '' : new Date(at).toISOString().slice(0, 19).replace('T', ' ')

/** The same for programs; undefined: there is none. */
export const momentJson = (at: number | undefined): string | undefined =>
  at === undefined || !Number.isFinite(at) ? undefined : new Date(at).toISOString()

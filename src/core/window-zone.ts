/** What a wall clock of one time zone shows. Local times are Unix milliseconds of the same digits read as UTC. */
export interface LocalTime {
  /** Local time less UTC at this moment, in milliseconds. */
  offsetAt(moment: number): number
  /** The first moment at which the wall clock shows this local time or a later one. */
  firstAt(local: number): number
  /** The first moment after `from` with the offset of `to`, where the two differ: when the clock was changed. */
  changeBetween(from: number, to: number): number
}

/** No zone is further than this from UTC, and none changes its clock twice within twice as much. */
const widestMs = 16 * 3_600_000

/** The wall clock of an IANA time zone. Throws a RangeError for an unknown one. */
export const localTime = (timezone: string): LocalTime => {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })

  const offsetAt = (moment: number): number => {
    const second = Math.floor(moment / 1000) * 1000
    const part: Record<string, number> = {}
    for (const { type, value } of format.formatToParts(second)) part[type] = Number(value)
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = part
    return Date.UTC(year, month - 1, day, hour, minute, part.second ?? 0) - second
  }

  const changeBetween = (from: number, to: number): number => {
    const before = offsetAt(from)
    let earlier = from
    let later = to
    while (later - earlier > 1) {
      const middle = Math.floor((earlier + later) / 2)
      if (offsetAt(middle) === before) earlier = middle
      else later = middle
    }
    return later
  }

  const firstAt = (local: number): number => {
    const from = local - widestMs
    const to = local + widestMs
    const before = offsetAt(from)
    const after = offsetAt(to)
    if (before === after) return local - before
    const change = changeBetween(from, to)
    return local - before < change ? local - before : Math.max(change, local - after)
  }

  return { offsetAt, firstAt, changeBetween }
}

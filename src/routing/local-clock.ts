import { localTime } from '../core/window-zone.ts'

/** What a clock on the wall shows. */
export interface WallTime {
  /** 0 is Sunday. */
  readonly weekday: number
  /** Minutes since midnight. */
  readonly minute: number
}

const minuteMs = 60_000
const dayMinutes = 1_440

/** The clock on the wall of a time zone. The zone's rules are asked once in a quarter of an hour, when any zone may change. */
export const wallClock = (timezone: string): ((moment: number) => WallTime) => {
  const zone = localTime(timezone)
  let quarter = Number.NaN
  let offset = 0
  return (moment) => {
    const current = Math.floor(moment / (15 * minuteMs))
    if (current !== quarter) {
      quarter = current
      offset = zone.offsetAt(moment)
    }
    const minutes = Math.floor((moment + offset) / minuteMs)
    const days = Math.floor(minutes / dayMinutes)
    // The first of January 1970 was a Thursday.
    return { weekday: (((days + 4) % 7) + 7) % 7, minute: minutes - days * dayMinutes }
  }
}

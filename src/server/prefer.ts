/** What a caller prefers of how it is answered (RFC 7240). */
export interface Preferences {
  /** It does not wait for the answer: it comes back for it. */
  readonly isLater: boolean
  /** It waits for so long, in milliseconds; undefined: it says nothing of it. */
  readonly waitMs: number | undefined
}

const longest = 512
const mostWaitMs = 60_000
const later = /(?:^|,) *respond-async *(?:[;,]|$)/i
const wait = /(?:^|,) *wait *= *"?(\d{1,9})"? *(?:[;,]|$)/i

/** What a header `Prefer` says; whatever else is in it is passed over, as its standard has it. */
export const preferencesOf = (header: string | readonly string[] | undefined): Preferences => {
  const said = String(header ?? '').slice(0, longest)
  const seconds = wait.exec(said)?.[1]
  const waitMs = seconds === undefined ? undefined : Math.min(mostWaitMs, Number(seconds) * 1_000)
  return { isLater: later.test(said), waitMs }
}

/** The header of an answer that tells which preferences were followed; without any, none. */
export const appliedPreferences = ({ isLater, waitMs }: Preferences): Readonly<Record<string, string>> => {
  const applied = [...(isLater ? ['respond-async'] : []), ...(waitMs === undefined ? [] : [`wait=${waitMs / 1_000}`])]
  return applied.length === 0 ? {} : { 'preference-applied': applied.join(', ') }
}

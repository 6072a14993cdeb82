const known = new Map<string, boolean>()
const mostKnown = 1_000

/** Is this the name of a time zone, such as `Europe/Berlin` or `UTC`? Offsets such as `+02:00` are none: they know no summer. */
export const isTimeZone = (name: string): boolean => {
  const found = known.get(name)
  if (found !== undefined) return found
  const is = /^[A-Za-z]/.test(name) && canFormat(name)
  if (known.size < mostKnown) known.set(name, is)
  return is
}

const canFormat = (timeZone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
    return true
  } catch {
    return false
  }
}

/** How an upstream's header is shown to a caller: under which name; undefined: not at all. */
const shownAs = (name: string): string | undefined => {
  if (name === 'x-request-id' || name === 'request-id' || name === 'x-amzn-requestid') return 'x-upstream-request-id'
  if (name.startsWith('x-ratelimit-')) return `x-upstream-ratelimit-${name.slice(12)}`
  if (name.startsWith('anthropic-ratelimit-')) return `x-upstream-ratelimit-${name.slice(20)}`
  if (name === 'openai-processing-ms') return 'x-upstream-processing-ms'
  return undefined
}

/** Header names repeat from answer to answer, so what is shown is looked up, not worked out. Bounded: names are theirs. */
const remembered = new Map<string, string | undefined>()
const mostRemembered = 2_000

const lookUp = (name: string): string | undefined => {
  if (remembered.has(name)) return remembered.get(name)
  const shown = shownAs(name)
  if (remembered.size < mostRemembered) remembered.set(name, shown)
  return shown
}

/** Letters, digits, punctuation and spaces of ASCII: what may stand in a header without starting another one. */
const printable = /^[\x20-\x7e]{0,1024}$/

/** The few upstream headers a caller may see. Cookies, locations, server names and keys never pass. */
export const shownHeaders = (
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): Record<string, string> => {
  const shown: Record<string, string> = {}
  for (const name in headers) {
    const as = lookUp(name)
    if (as === undefined) continue
    const value = headers[name]
    if (typeof value === 'string' && printable.test(value)) shown[as] = value
  }
  return shown
}

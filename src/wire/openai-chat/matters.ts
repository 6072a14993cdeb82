const quote = 0x22
const colon = 0x3a
const space = 0x20
const lineFeed = 0x0a
const firstOfNull = 0x6e
const openBracket = 0x5b
const closeBracket = 0x5d

/** The fields that matter, without their first quote, by the byte with which they begin. */
const names: (readonly Buffer[] | undefined)[] = new Array(256).fill(undefined)
for (const name of ['finish_reason"', 'function_call"', 'usage"', 'tool_calls"', 'error"']) {
  const first = name.charCodeAt(0)
  names[first] = [...(names[first] ?? []), Buffer.from(name)]
}

const done = Buffer.from('[DONE]')
const eventLine = Buffer.from('event:')

const stands = (bytes: Buffer, at: number, what: Buffer): boolean => {
  for (let index = 0; index < what.length; index++) if (bytes[at + index] !== what[index]) return false
  return true
}

/** Is what follows a name a value other than null and []? Spaces around the colon are allowed. */
const hasValue = (bytes: Buffer, from: number): boolean => {
  let at = from
  while (bytes[at] === space) at++
  if (bytes[at] !== colon) return false
  at++
  while (bytes[at] === space) at++
  return bytes[at] !== firstOfNull && !(bytes[at] === openBracket && bytes[at + 1] === closeBracket)
}

const fieldSays = (bytes: Buffer, at: number): boolean => {
  const possible = names[bytes[at] ?? 0]
  if (possible === undefined) return false
  for (const name of possible) if (stands(bytes, at, name) && hasValue(bytes, at + name.length)) return true
  return false
}

/**
 * May there be usage, a finish, tool arguments, an error or the end in these bytes? One plain loop: a native search for
 * each name costs more than parsing the event would. Named events are rare here, and errors most often.
 */
export const matters = (bytes: Buffer): boolean => {
  if (stands(bytes, 0, eventLine)) return true
  for (let at = 0, length = bytes.length; at < length; at++) {
    const byte = bytes[at]
    if (byte === quote) {
      if (fieldSays(bytes, at + 1)) return true
    } else if (byte === openBracket) {
      if (stands(bytes, at, done)) return true
    } else if (byte === lineFeed && stands(bytes, at + 1, eventLine)) return true
  }
  return false
}

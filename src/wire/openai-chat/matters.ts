const colon = 0x3a
const space = 0x20
const firstOfNull = 0x6e
const openBracket = 0x5b
const closeBracket = 0x5d

/** Does a field with this name, in quotes, have a value other than null and []? Spaces after the colon are allowed. */
const says = (bytes: Buffer, name: Buffer): boolean => {
  for (let at = bytes.indexOf(name); at !== -1; at = bytes.indexOf(name, at)) {
    at += name.length
    while (bytes[at] === space) at++
    if (bytes[at] !== colon) continue
    at++
    while (bytes[at] === space) at++
    const isEmpty = bytes[at] === openBracket && bytes[at + 1] === closeBracket
    if (bytes[at] !== firstOfNull && !isEmpty) return true
  }
  return false
}

const names = ['"finish_reason"', '"usage"', '"tool_calls"', '"function_call"', '"error"'].map((name) =>
  Buffer.from(name),
)
const done = Buffer.from('[DONE]')
const errorEvent = Buffer.from('event: error')

/** May there be usage, a finish, tool arguments, an error or the end in these bytes? */
export const matters = (bytes: Buffer): boolean => {
  for (const name of names) if (says(bytes, name)) return true
  return bytes.includes(done) || bytes.includes(errorEvent)
}

const lineFeed = 0x0a
const colon = 0x3a

/** Beginnings of events that are only words on their way, or tell what a tool of the provider does. */
const quietNames = [
  ...['output_text.', 'content_part.', 'refusal.', 'reasoning_', 'created', 'in_progress', 'queued'],
  ...['web_search_call.', 'file_search_call.', 'code_interpreter_call', 'image_generation_call.', 'mcp_', 'audio.'],
]

const quietLines: readonly Buffer[] = [
  ...quietNames.flatMap((name) => [`event: response.${name}`, `data: {"type":"response.${name}`]),
  'event: keepalive',
].map((line) => Buffer.from(line))

/** The byte behind `event: response.` and behind `data: {"type":"response.`, by which most lines are told apart. */
const namedAt = 'event: response.'.length
const typedAt = 'data: {"type":"response.'.length

const stands = (bytes: Buffer, at: number, line: Buffer): boolean => {
  for (let index = line.length - 1; index >= 0; index--) if (bytes[at + index] !== line[index]) return false
  return true
}

const isQuiet = (bytes: Buffer, at: number): boolean => {
  for (const line of quietLines) {
    const tell = line[0] === 0x65 ? namedAt : typedAt
    if (line[tell] !== undefined && bytes[at + tell] !== line[tell]) continue
    if (stands(bytes, at, line)) return true
  }
  return false
}

/**
 * May there be usage, a finish, tool arguments, an error or the end in these bytes? Whatever does not begin like an
 * event that is known to hold none of them may.
 */
export const matters = (bytes: Buffer): boolean => {
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] === lineFeed) {
      at++
      continue
    }
    const quiet = bytes[at] === colon ? '\n' : isQuiet(bytes, at) ? '\n\n' : undefined
    if (quiet === undefined) return true
    const end = bytes.indexOf(quiet, at)
    // Where lines end in another way, whoever reads the events must look.
    if (end === -1) return bytes.includes('\r', at)
    at = end + quiet.length
  }
  return false
}

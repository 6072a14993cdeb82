import { createHash } from 'node:crypto'

const accepted = /^[a-zA-Z0-9_.:-]{1,64}$/
const prefix = 'tollgate_'
const longest = 64

/**
 * The id of a tool call as Amazon accepts it. Ids of other makers may hold other characters or nothing; those are written
 * in base64url, and where that is too long by their hash, so that different ids stay different and a call and its result
 * still meet.
 */
export const acceptedToolId = (id: string): string => {
  if (accepted.test(id)) return id
  const written = prefix + Buffer.from(id, 'utf8').toString('base64url')
  return written.length <= longest ? written : createHash('sha256').update(id).digest('base64url')
}

/** The id that its maker gave a tool call. */
export const originalToolId = (id: string): string =>
  id.startsWith(prefix) ? Buffer.from(id.slice(prefix.length), 'base64url').toString('utf8') : id

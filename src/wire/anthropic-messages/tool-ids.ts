const accepted = /^[a-zA-Z0-9_-]+$/
const prefix = 'tollgate_'

/**
 * The id of a tool call as Anthropic accepts it. Ids of other makers may hold dots, colons or nothing; those are written
 * in base64url, so that different ids stay different and a call and its result still meet.
 */
export const acceptedToolId = (id: string): string =>
  accepted.test(id) ? id : prefix + Buffer.from(id, 'utf8').toString('base64url')

/** The id that its maker gave a tool call. */
export const originalToolId = (id: string): string =>
  id.startsWith(prefix) ? Buffer.from(id.slice(prefix.length), 'base64url').toString('utf8') : id

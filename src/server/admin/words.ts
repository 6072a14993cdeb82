import type { RefusalWords } from '../refusal.ts'

/** How failures are told to administrators: `{ "error": { "code", "message", "param"? } }`. */
export const adminWords: RefusalWords = {
  name: 'admin',
  idHeader: 'x-request-id',
  writeError: ({ code, message, details }) => JSON.stringify({ error: { code, message, param: details.param } }),
}

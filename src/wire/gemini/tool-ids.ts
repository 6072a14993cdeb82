const prefix = 'tgcall_'
const form = /^tgcall_[\w-]*_\d+$/

/**
 * An id for a call that came without one, as Gemini's calls may: other languages need one. It is short enough for all of
 * them, and recognized when it comes back.
 */
export const inventedId = (scope: string, number: number): string =>
  `${prefix}${scope.replace(/[^a-zA-Z0-9_-]/g, '').slice(0, 24)}_${number}`

/** The id as Gemini gave it; undefined where it gave none. */
export const givenId = (id: string): string | undefined => (id === '' || form.test(id) ? undefined : id)

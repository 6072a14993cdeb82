/** A place in a text that is being read, and what was noticed on the way. */
export interface Cursor {
  readonly text: string
  at: number
  /** Was anything read that JSON does not have? */
  isRepaired: boolean
  /** Did the text end before its value did? */
  isCut: boolean
  /** Objects and arrays that are open. */
  depth: number
}

/** More levels than this are no answer to anything. */
export const mostDepth = 128

export const cursorAt = (text: string, at: number): Cursor => ({
  text,
  at,
  isRepaired: false,
  isCut: false,
  depth: 0,
})

/** Thrown for what no reading makes sense of; one object, as it happens at every bracket of prose. */
export const unreadable: unique symbol = Symbol('unreadable')

const isSpace = (code: number): boolean =>
  code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0xa0 || code === 0xfeff || code === 0x3000

/** Goes past white space and remarks (`//`, `#`, and those between slashes and stars). */
export const skipBlank = (cursor: Cursor): void => {
  const { text } = cursor
  for (;;) {
    while (isSpace(text.charCodeAt(cursor.at))) cursor.at++
    const end = remarkEnd(text, cursor.at)
    if (end === cursor.at) return
    cursor.isRepaired = true
    cursor.at = end
  }
}

const remarkEnd = (text: string, at: number): number => {
  const code = text.charCodeAt(at)
  if (code === 0x23) return lineEnd(text, at)
  if (code !== 0x2f) return at
  const next = text.charCodeAt(at + 1)
  if (next === 0x2f) return lineEnd(text, at)
  if (next !== 0x2a) return at
  const end = text.indexOf('*/', at + 2)
  return end === -1 ? text.length : end + 2
}

const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end + 1
}

/** The place of the next character that is not blank, without going there. */
export const afterBlank = (text: string, at: number): number => {
  let next = at
  while (isSpace(text.charCodeAt(next))) next++
  return next
}

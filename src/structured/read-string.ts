import { afterBlank, type Cursor } from './cursor.ts'

/** Where a string stands: it decides which quote can end it. */
export type Place = 'key' | 'member' | 'item' | 'alone'

/** Quotes that begin a string, and what ends each. */
const quotes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
  ['“', '”'],
  ['”', '”'],
  ['‘', '’'],
  ['’', '’'],
  ['«', '»'],
])

export const isQuote = (character: string | undefined): boolean => character !== undefined && quotes.has(character)

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/**
 * Reads a string that begins here. A quote ends it only where what follows could follow a string at such a place; any
 * other is a part of what is said.
 */
export const readString = (cursor: Cursor, place: Place): string => {
  const { text } = cursor
  const opening = text[cursor.at] as string
  const triple = opening.repeat(3)
  if ((opening === '"' || opening === "'") && text.startsWith(triple, cursor.at)) return readTriple(cursor, triple)
  const closing = quotes.get(opening) as string
  if (opening !== '"') cursor.isRepaired = true
  cursor.at++
  let said = ''
  let from = cursor.at
  for (;;) {
    const character = text[cursor.at]
    if (character === undefined) {
      cursor.isCut = true
      cursor.isRepaired = true
      return said + text.slice(from, cursor.at)
    }
    if (character === '\\') {
      said += text.slice(from, cursor.at) + readEscape(cursor)
      from = cursor.at
      continue
    }
    if (isClosing(character, closing) && ends(text, cursor.at, place)) {
      said += text.slice(from, cursor.at)
      cursor.at++
      return said
    }
    if (character < ' ' || isClosing(character, closing)) cursor.isRepaired = true
    cursor.at++
  }
}

/** A typographic quote is often closed by a plain one. */
const isClosing = (character: string, closing: string): boolean =>
  character === closing || (closing === '”' && character === '"') || (closing === '’' && character === "'")

const readTriple = (cursor: Cursor, triple: string): string => {
  const { text } = cursor
  const from = cursor.at + 3
  const end = text.indexOf(triple, from)
  // `""` with another string behind it is an empty string.
  cursor.isRepaired = true
  cursor.isCut ||= end === -1
  cursor.at = end === -1 ? text.length : end + 3
  return text.slice(from, end === -1 ? text.length : end)
}

const readEscape = (cursor: Cursor): string => {
  const { text } = cursor
  const letter = text[cursor.at + 1]
  if (letter === undefined) {
    cursor.at = text.length
    return ''
  }
  const digits = letter === 'u' ? 4 : letter === 'x' ? 2 : 0
  if (digits > 0) {
    const hex = text.slice(cursor.at + 2, cursor.at + 2 + digits)
    if (hex.length === digits && /^[\da-f]+$/i.test(hex)) {
      if (letter === 'x') cursor.isRepaired = true
      cursor.at += 2 + digits
      return String.fromCharCode(Number.parseInt(hex, 16))
    }
    cursor.isRepaired = true
    // Cut in the middle of an escape: nothing can be said of it.
    cursor.at = cursor.at + 2 + hex.length === text.length ? text.length : cursor.at + 2
    return cursor.at === text.length ? '' : `\\${letter}`
  }
  cursor.at += 2
  const known = escapes[letter]
  if (known !== undefined) return known
  if (letter === '"' || letter === '\\' || letter === '/') return letter
  cursor.isRepaired = true
  // Before a line's end it joins lines; before a quote it stands for it; else the slash was meant (`\d`, `C:\dir`).
  if (letter === '\n') return ''
  return isQuote(letter) ? letter : `\\${letter}`
}

/** So far is looked ahead, so that a text of quotes takes no more than a multiple of its length. */
const lookAhead = 160

/** Could the string end with this quote? */
const ends = (text: string, quote: number, place: Place): boolean => {
  const next = afterBlank(text, quote + 1)
  const character = text[next]
  if (character === undefined) return true
  if (place === 'key') return ':=,}'.includes(character)
  if (place === 'alone') return true
  if (character === '}' || character === ']' || character === ')')
    return place === 'member' ? character !== ')' && closesMember(text, next) : true
  if (character === '+' || character === '/' || character === '#') return true
  if (character === ',') return followsComma(text, next + 1, place)
  // A comma is missing: only where a new line, or a key, begins.
  if (place === 'member') return isKeyAt(text, next)
  return isQuote(character) && next > quote + 1
}

/** After a value of an object: is the bracket the end of the object, rather than of something in the text? */
const closesMember = (text: string, bracket: number): boolean => {
  const next = text[afterBlank(text, bracket + 1)]
  return (
    next === undefined || !/["'“]/.test(next) || text.slice(bracket + 1, bracket + lookAhead).trimStart()[1] !== ' '
  )
}

const followsComma = (text: string, at: number, place: Place): boolean => {
  const next = afterBlank(text, at)
  const character = text[next]
  if (character === undefined || character === '}' || character === ']' || character === ',') return true
  if (character === '/' || character === '#') return true
  if (place === 'member') return isKeyAt(text, next)
  return (
    isQuote(character) ||
    /[-\d{[(]/.test(character) ||
    /^(true|false|null|none|nan)\b/i.test(text.slice(next, next + 6)) ||
    character === '.'
  )
}

/** A name with or without quotes, and the sign that a value follows. */
const key =
  /(?:"(?:[^"\\\n]|\\.){0,120}"|'(?:[^'\\\n]|\\.){0,120}'|[“‘`][^”’`\n]{0,120}[”’`"']|[\p{L}_$][\p{L}\p{N}_$.-]{0,80})\s{0,20}[:=]/uy

const isKeyAt = (text: string, at: number): boolean => {
  key.lastIndex = at
  return key.test(text)
}

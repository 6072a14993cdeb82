import type { JsonValue } from '../core/json.ts'
import type { Cursor } from './cursor.ts'

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const delimiters = /[\s,;:=}\])([{"'“”`]/
const nothing: ReadonlySet<string> = new Set(['undefined', 'nan', 'nil', 'none', 'null'])

/** Reads a number, a literal, or words without quotes, which begin here. Undefined: nothing that is one begins here. */
export const readWord = (cursor: Cursor, inObject: boolean): JsonValue | undefined => {
  const { text, at } = cursor
  number.lastIndex = at
  const digits = number.exec(text)?.[0]
  if (digits !== undefined && isWordEnd(text, at + digits.length)) {
    cursor.at += digits.length
    return Number(digits)
  }
  const word = wordAt(text, at, inObject)
  if (word === '') return undefined
  cursor.at += word.length
  const meant = word.trimEnd()
  if (meant === 'true') return true
  if (meant === 'false') return false
  if (meant === 'null') return null
  cursor.isRepaired = true
  if (cursor.at === text.length) {
    cursor.isCut = true
    for (const [literal, value] of literals) if (literal.startsWith(meant)) return value
  }
  return loosely(meant)
}

const literals: readonly (readonly [string, JsonValue])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
]

const isWordEnd = (text: string, at: number): boolean => {
  const character = text[at]
  if (character === undefined || delimiters.test(character) || character === '#') return true
  // A remark, and not a fraction.
  return character === '/' && '/*'.includes(text[at + 1] ?? ' ')
}

/** Words of other languages, and numbers as people write them. */
const loosely = (word: string): JsonValue => {
  const lower = word.toLowerCase()
  if (lower === 'true') return true
  if (lower === 'false') return false
  if (nothing.has(lower) || /^[+-]?inf(inity)?$/.test(lower)) return null
  if (/^[+-]?(?:\d+\.\d*|\.\d+|[1-9]\d*)(?:e[+-]?\d+)?$/i.test(word)) return Number(word)
  if (/^[+-]?\d{1,3}(?:_\d{3})+$/.test(word)) return Number(word.replaceAll('_', ''))
  if (/^0x[\da-f]{1,13}$/i.test(word)) return Number(word)
  return word
}

const longestWord = 2_000

/** Words up to what ends a value; inside an object they may hold blanks, as a comma or the end of the line ends them. */
const wordAt = (text: string, at: number, inObject: boolean): string => {
  let end = at
  const most = Math.min(text.length, at + longestWord)
  while (end < most) {
    const character = text[end] as string
    if (',;}]\n\r'.includes(character)) break
    // The call of something, whose argument is meant.
    if (character === '(' && /^[\w$.]+$/.test(text.slice(at, end))) break
    if (!inObject && delimiters.test(character)) break
    if (inObject && '{["“`'.includes(character)) break
    end++
  }
  return text.slice(at, end).trimEnd()
}

/** A name without quotes that a value follows. Undefined: none begins here. */
export const readName = (cursor: Cursor): string | undefined => {
  const { text, at } = cursor
  let end = at
  while (end < text.length && end - at < 200 && /[\p{L}\p{N}_$.\-/]/u.test(text[end] as string)) end++
  if (end === at) return undefined
  cursor.at = end
  cursor.isRepaired = true
  return text.slice(at, end)
}

import type { JsonValue } from '../core/json.ts'
import { type Cursor, cursorAt, mostDepth, skipBlank, unreadable } from './cursor.ts'
import { isQuote, type Place, readString } from './read-string.ts'
import { readName, readWord } from './read-word.ts'

/** A value that was read from a text which is not quite JSON. */
export interface Reading {
  readonly value: JsonValue
  /** The place behind it. */
  readonly end: number
  /** Was anything in it that JSON does not have? */
  readonly isRepaired: boolean
  /** Did the text end before the value did? */
  readonly isCut: boolean
}

/** What came of reading: a value, or the place where it stopped making sense. */
export type Attempted = Reading | { readonly value: undefined; readonly end: number }

/**
 * Reads the value that begins here as a person would: with other quotes, without quotes, with commas too many or too
 * few, with remarks, with brackets that were never closed. What is JSON is read as it is. Takes time in proportion to
 * how far it reads.
 */
export const readLoosely = (text: string, at = 0): Attempted => {
  const cursor = cursorAt(text, at)
  try {
    const value = readValue(cursor, 'alone')
    return { value, end: cursor.at, isRepaired: cursor.isRepaired, isCut: cursor.isCut }
  } catch (thrown) {
    if (thrown === unreadable) return { value: undefined, end: cursor.at }
    throw thrown
  }
}

const readValue = (cursor: Cursor, place: Place): JsonValue => {
  skipBlank(cursor)
  const character = cursor.text[cursor.at]
  if (character === '{') return readBraces(cursor)
  if (character === '[' || character === '(') return readList(cursor)
  if (isQuote(character)) return readJoined(cursor, place)
  const word = readWord(cursor, place === 'member')
  if (word === undefined) throw unreadable
  return typeof word === 'string' ? (readWrapped(cursor) ?? word) : word
}

/** Strings that are put together by a plus. */
const readJoined = (cursor: Cursor, place: Place): string => {
  let said = readString(cursor, place)
  for (;;) {
    const back = cursor.at
    skipBlank(cursor)
    if (cursor.text[cursor.at] !== '+') {
      cursor.at = back
      return said
    }
    cursor.at++
    skipBlank(cursor)
    if (!isQuote(cursor.text[cursor.at])) return said
    cursor.isRepaired = true
    said += readString(cursor, place)
  }
}

/** A value in the call of something, such as `ISODate("…")`: what is in it is meant. */
const readWrapped = (cursor: Cursor): JsonValue | undefined => {
  if (cursor.text[cursor.at] !== '(') return undefined
  const list = readList(cursor)
  return list.length === 1 ? list[0] : list
}

const enter = (cursor: Cursor): void => {
  cursor.at++
  if (++cursor.depth > mostDepth) throw unreadable
}

/** Past commas, however many there are. True when there was one. */
const skipCommas = (cursor: Cursor): number => {
  let commas = 0
  for (;;) {
    skipBlank(cursor)
    const character = cursor.text[cursor.at]
    if (character !== ',' && character !== ';') return commas
    cursor.at++
    commas++
  }
}

/** An object, or a set of another language, which is an array. */
const readBraces = (cursor: Cursor): JsonValue => {
  const opening = cursor.at
  const { isRepaired, isCut, depth } = cursor
  enter(cursor)
  const object: Record<string, JsonValue> = {}
  let members = 0
  for (;;) {
    const commas = skipCommas(cursor)
    if (commas > 1 || (commas === 1 && members === 0)) cursor.isRepaired = true
    if (closes(cursor, '}', commas > 0)) return object
    if (members > 0 && commas === 0) cursor.isRepaired = true
    if (skipDots(cursor)) continue
    if (!readMember(cursor, object)) {
      // A set holds words; brackets in brackets are no value of any language.
      if (members > 0 || '{['.includes(cursor.text[cursor.at] ?? '')) throw unreadable
      Object.assign(cursor, { at: opening, isRepaired, isCut, depth })
      return readList(cursor)
    }
    members++
  }
}

/** A name, its sign and its value. False: what stands here is no name with a value. */
const readMember = (cursor: Cursor, object: Record<string, JsonValue>): boolean => {
  const { text } = cursor
  const name = isQuote(text[cursor.at]) ? readString(cursor, 'key') : readName(cursor)
  if (name === undefined) return false
  skipBlank(cursor)
  const sign = text[cursor.at]
  if (sign === undefined) {
    // Cut inside a name: nothing was said of it.
    cursor.isCut = true
    cursor.isRepaired = true
    return true
  }
  if (sign !== ':' && sign !== '=') return false
  if (sign === '=') cursor.isRepaired = true
  cursor.at += text.startsWith('=>', cursor.at) || text.startsWith(':=', cursor.at) ? 2 : 1
  skipBlank(cursor)
  const next = text[cursor.at]
  if (next === undefined || next === ',' || next === '}' || next === ']') {
    cursor.isRepaired = true
    cursor.isCut ||= next === undefined
    set(object, name, null)
    return true
  }
  set(object, name, readValue(cursor, 'member'))
  return true
}

const set = (object: Record<string, JsonValue>, name: string, value: JsonValue): void => {
  // A prototype is nothing that an answer may change.
  if (name !== '__proto__') object[name] = value
}

const readList = (cursor: Cursor): JsonValue[] => {
  const opening = cursor.text[cursor.at]
  if (opening !== '[') cursor.isRepaired = true
  const closing = opening === '(' ? ')' : opening === '{' ? '}' : ']'
  enter(cursor)
  const list: JsonValue[] = []
  for (;;) {
    const commas = skipCommas(cursor)
    if (commas > 1 || (commas === 1 && list.length === 0)) cursor.isRepaired = true
    if (closes(cursor, closing, commas > 0)) return list
    if (list.length > 0 && commas === 0) cursor.isRepaired = true
    if (skipDots(cursor)) continue
    list.push(readValue(cursor, 'item'))
  }
}

/** `…` where a model was too lazy to say more. */
const skipDots = (cursor: Cursor): boolean => {
  const dots = cursor.text.startsWith('...', cursor.at) ? 3 : cursor.text[cursor.at] === '…' ? 1 : 0
  cursor.at += dots
  if (dots > 0) cursor.isRepaired = true
  return dots > 0
}

/** Is this the end of what is open: its bracket, another bracket that is taken for it, or the end of the text? */
const closes = (cursor: Cursor, closing: string, afterComma: boolean): boolean => {
  const character = cursor.text[cursor.at]
  if (character !== undefined && !'}])'.includes(character)) return false
  cursor.depth--
  if (afterComma) cursor.isRepaired = true
  if (character === closing) cursor.at++
  else {
    cursor.isRepaired = true
    if (character === undefined) cursor.isCut = true
    // A bracket that nothing outside waits for was meant for this one.
    else if (cursor.depth === 0) cursor.at++
  }
  return true
}

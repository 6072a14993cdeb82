import type { JsonValue } from '../core/json.ts'
import { readLoosely } from './read-value.ts'

/** How a value was come by: it was all of the text; it stood in it; or it was put right. */
export type Rung = 'parsed' | 'extracted' | 'repaired'

/** A value that was found in what a model said. */
export interface Found {
  readonly value: JsonValue
  readonly rung: Rung
  /** Did the text end before the value did? */
  readonly isCut: boolean
}

/** More values than this are not looked for in one text. */
const mostFound = 64
/** Brackets that begin nothing are tried until so much, and all of a text so often, was read. */
const mostReadings = 2
const leastReading = 50_000

/**
 * The objects and arrays in what a model said, the likeliest first: all of the text, what stands in fences, what stands
 * among other words. Among equals the longest comes first. Empty: there is none.
 */
export const findJson = (text: string): readonly Found[] => {
  const whole = parse(text)
  if (whole !== undefined) return [{ value: whole, rung: 'parsed', isCut: false }]
  const found = [...fenced(text).flatMap(readAll), ...readAll(text)]
  return found.length > 0 ? unique(found) : escaped(text)
}

const parse = (text: string): JsonValue | undefined => {
  try {
    return JSON.parse(text, withoutPrototype)
  } catch {
    return undefined
  }
}

/** A prototype is nothing that an answer may change. */
const withoutPrototype = (name: string, value: unknown): unknown => (name === '__proto__' ? undefined : value)

const fence = /```[^\n`]*\n([\s\S]*?)(?:```|$)/g

/** What stands in fences. */
const fenced = (text: string): string[] => {
  if (!text.includes('```')) return []
  return [...text.matchAll(fence)].map((match) => match[1] as string)
}

interface Place extends Found {
  readonly length: number
}

/** Every object and array of a text, one behind the other. */
const readAll = (text: string): Found[] => {
  const places: Place[] = []
  const bracket = /[{[]/g
  let toRead = leastReading + text.length * mostReadings
  for (let match = bracket.exec(text); match && places.length < mostFound && toRead > 0; match = bracket.exec(text)) {
    const { index } = match
    const reading = readLoosely(text, index)
    toRead -= reading.end - index
    if (typeof reading.value !== 'object' || reading.value === null) continue
    const { value, end, isCut, isRepaired } = reading
    const exact = isRepaired ? undefined : parse(text.slice(index, end))
    const rung = exact === undefined ? 'repaired' : 'extracted'
    places.push({ value: exact ?? value, rung, isCut, length: end - index })
    bracket.lastIndex = end
  }
  places.sort((one, other) => rank(one) - rank(other) || other.length - one.length)
  return places.map(({ length: _, ...found }) => found)
}

const rank = ({ rung, isCut, value }: Found): number =>
  (isEmpty(value) ? 4 : 0) + (isCut ? 2 : 0) + (rung === 'repaired' ? 1 : 0)

const isEmpty = (value: JsonValue): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0

const unique = (found: readonly Found[]): Found[] => {
  const seen = new Set<string>()
  return found.filter(({ value }) => {
    const text = JSON.stringify(value)
    if (seen.has(text)) return false
    seen.add(text)
    return true
  })
}

/** JSON that was put into a string once too often. */
const escaped = (text: string): readonly Found[] => {
  if (!/[{[]\s*\\+["n]/.test(text)) return []
  const plain = text.replaceAll('\\"', '"').replaceAll('\\n', '\n').replaceAll('\\\\', '\\')
  return readAll(plain).map((found) => ({ ...found, rung: 'repaired' }))
}

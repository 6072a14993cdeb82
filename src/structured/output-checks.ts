import { isObject, type JsonValue } from '../core/json.ts'
import type { OutputRule, Violation } from '../core/output-rules.ts'
import { linearPattern, type Matches } from './linear-pattern.ts'

interface Place {
  readonly pointer: string
  /** Undefined: nothing is there. */
  readonly value: JsonValue | undefined
}

const mostPlaces = 1_000
const mostViolations = 20

/** Where a value breaks rules beyond its schema; empty: nowhere. */
export const brokenRules = (value: JsonValue, rules: readonly OutputRule[]): readonly Violation[] => {
  const violations: Violation[] = []
  for (const rule of rules) {
    for (const { pointer, value: found } of placesAt(value, rule.at)) {
      const message = problemWith(found, rule)
      if (message !== undefined) violations.push({ pointer, message, keyword: 'rule' })
      if (violations.length >= mostViolations) return violations
    }
  }
  return violations
}

const placesAt = (root: JsonValue, at: string): readonly Place[] => {
  let places: Place[] = [{ pointer: '', value: root }]
  for (const part of at.split('/').slice(1))
    places = places.flatMap((place) => inside(place, part)).slice(0, mostPlaces)
  return places
}

const inside = ({ pointer, value }: Place, part: string): Place[] => {
  if (part === '*') {
    if (Array.isArray(value)) return value.map((item, index) => ({ pointer: `${pointer}/${index}`, value: item }))
    return isObject(value)
      ? Object.entries(value).map(([name, member]) => ({ pointer: `${pointer}/${escaped(name)}`, value: member }))
      : []
  }
  const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
  const place = `${pointer}/${part}`
  if (Array.isArray(value)) return [{ pointer: place, value: value[Number(name)] }]
  return [{ pointer: place, value: isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined }]
}

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1')

const isEmpty = (value: JsonValue | undefined): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)

const problemWith = (value: JsonValue | undefined, rule: OutputRule): string | undefined => {
  if (isEmpty(value)) return rule.required ? 'must be there and not be empty' : undefined
  const { oneOf, matches, minLength = 0, maxLength = Number.POSITIVE_INFINITY } = rule
  if (oneOf && !oneOf.includes(value as JsonValue))
    return `must be one of ${oneOf
      .slice(0, 20)
      .map((each) => JSON.stringify(each))
      .join(', ')}`
  if (typeof value !== 'string' && !Array.isArray(value)) return undefined
  if (value.length < minLength) return `must have at least ${minLength} ${unitOf(value)}`
  if (value.length > maxLength) return `must have at most ${maxLength} ${unitOf(value)}`
  if (matches !== undefined && typeof value === 'string' && !patternOf(matches)(value)) return `must match ${matches}`
  return undefined
}

const unitOf = (value: JsonValue): string => (typeof value === 'string' ? 'characters' : 'items')

const patterns = new Map<string, Matches>()

/** Patterns come from the configuration, so there are few. */
const patternOf = (pattern: string): Matches => {
  const known = patterns.get(pattern) ?? linearPattern(pattern)
  patterns.set(pattern, known)
  return known
}

/** Why a pattern cannot be used; undefined: it can. */
export const patternProblem = (pattern: string): string | undefined => {
  try {
    patternOf(pattern)
    return undefined
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown)
  }
}

import fc from 'fast-check'
import { overrides } from '../../core/overrides.ts'

type Container = Record<string, unknown> | unknown[]

/** One change to a body: where, by a number that is taken modulo the places there are, and what. */
interface Change {
  readonly kind: 'replace' | 'remove' | 'wrap' | 'rename' | 'add' | 'repeat'
  readonly place: number
  readonly value: unknown
  readonly key: string
}

const nested = (depth: number): unknown => (depth === 0 ? 0 : [nested(depth - 1)])

/** Values that no field expects, and some that it does. */
const strange = fc.oneof(
  fc.constantFrom(null, true, false, 0, -0, 1, -1, 0.5, 1e308, -1e308, 2 ** 31, 2 ** 53, -(2 ** 60), '', ' ', '0'),
  fc.constantFrom('chat', 'user', 'auto', '__proto__', '\ud800', '\0', '\r\n', 'x'.repeat(1_000), 'http://127.0.0.1/'),
  fc.constantFrom(nested(30), nested(70), Array(300).fill({}), { type: 'text' }, [null], {}, []),
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary' }),
)

const keys = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '', '0', '\ud800', 'tollgate'),
  fc.constantFrom(...overrides),
  fc.constantFrom('model', 'messages', 'role', 'content', 'type', 'text', 'stream', 'tools', 'metadata', 'max_tokens'),
  fc.string({ maxLength: 10 }),
)

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('replace', 'replace', 'remove', 'wrap', 'rename', 'add', 'repeat'),
  place: fc.nat(),
  value: strange,
  key: keys,
})

interface Place {
  readonly holder: Container
  readonly key: string
}

const placesIn = (value: unknown): Place[] => {
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Container
  return Object.entries(holder).flatMap(([key, inner]) => [{ holder, key }, ...placesIn(inner)])
}

/** A value of its own: one that stood in two places would be changed in both, and might come to hold itself. */
const own = (value: unknown): unknown => (typeof value === 'object' ? JSON.parse(JSON.stringify(value)) : value)

const set = (holder: Container, key: string, value: unknown): void => {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true })
}

const apply = (body: Container, { kind, place, value, key }: Change): void => {
  const places = placesIn(body)
  const chosen = places[place % Math.max(1, places.length)]
  if (!chosen) return
  const { holder } = chosen
  const old = Reflect.get(holder, chosen.key)
  if (kind === 'replace') set(holder, chosen.key, own(value))
  else if (kind === 'wrap') set(holder, chosen.key, place % 2 ? [old] : { [key]: old })
  else if (kind === 'repeat' && Array.isArray(holder)) holder.push(own(old), own(old))
  else if (kind === 'add' && !Array.isArray(holder)) set(holder, key, own(value))
  else if (Array.isArray(holder)) holder.splice(Number(chosen.key), 1)
  else {
    Reflect.deleteProperty(holder, chosen.key)
    if (kind === 'rename') set(holder, key, old)
  }
}

/** Bodies that were valid until up to four changes were made. */
export const changed = (bodies: fc.Arbitrary<Record<string, unknown>>): fc.Arbitrary<string> =>
  fc.tuple(bodies, fc.array(change, { minLength: 1, maxLength: 4 })).map(([body, changes]) => {
    const copy = JSON.parse(JSON.stringify(body)) as Container
    for (const each of changes) apply(copy, each)
    return JSON.stringify(copy)
  })

const bits = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '0',
  '1e999',
  '\0',
  '\n',
  '\ud83d',
  'null',
  'NaN',
  '/**/',
  '\ufeff',
]

/** Texts that were JSON until one was cut, or something was put in, or some of it left out, or said twice. */
export const spoilt = (texts: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(texts, fc.constantFrom('cut', 'put', 'drop', 'twice'), fc.nat(), fc.constantFrom(...bits))
    .map(([text, how, place, bit]) => {
      const at = place % (text.length + 1)
      if (how === 'cut') return text.slice(0, at)
      if (how === 'put') return text.slice(0, at) + bit + text.slice(at)
      if (how === 'drop') return text.slice(0, at) + text.slice(at + 1 + (place % 5))
      return text.slice(0, at) + text.slice(Math.max(0, at - 20))
    })

import type { JsonObject } from '../core/json.ts'
import { between, pick, type Random } from './simulated-random.ts'
import { words } from './simulated-words.ts'

const two = (number: number): string => String(number).padStart(2, '0')
const word = (random: Random): string => pick(random, words)
const hex = (random: Random, length: number): string => {
  let text = ''
  while (text.length < length) text += between(random, 0, 15).toString(16)
  return text
}

const dateOf = (random: Random): string =>
  `${between(random, 2020, 2026)}-${two(between(random, 1, 12))}-${two(between(random, 1, 28))}`
const timeOf = (random: Random): string =>
  `${two(between(random, 0, 23))}:${two(between(random, 0, 59))}:${two(between(random, 0, 59))}Z`
const hostOf = (random: Random): string => `${word(random)}.example`

/** Texts of the formats that JSON Schema names; hosts are of a domain that never exists. */
const formats: Readonly<Record<string, (random: Random) => string>> = {
  date: dateOf,
  time: timeOf,
  'date-time': (random) => `${dateOf(random)}T${timeOf(random)}`,
  duration: (random) => `P${between(random, 1, 30)}D`,
  email: (random) => `${word(random)}@${hostOf(random)}`,
  'idn-email': (random) => `${word(random)}@${hostOf(random)}`,
  hostname: hostOf,
  'idn-hostname': hostOf,
  ipv4: (random) => `192.0.2.${between(random, 1, 254)}`,
  ipv6: (random) => `2001:db8::${hex(random, 4)}`,
  uri: (random) => `https://${hostOf(random)}/${word(random)}`,
  iri: (random) => `https://${hostOf(random)}/${word(random)}`,
  'uri-reference': (random) => `/${word(random)}`,
  'iri-reference': (random) => `/${word(random)}`,
  'json-pointer': (random) => `/${word(random)}/0`,
  uuid: (random) => `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-8${hex(random, 3)}-${hex(random, 12)}`,
  regex: (random) => `^${word(random)}$`,
}

/** No schema gets a longer text than this. */
const mostCharacters = 10_000

/** A text of the wanted format, or a few words of the wanted length. */
export const stringFor = (schema: JsonObject, random: Random): string => {
  const format = typeof schema.format === 'string' ? formats[schema.format] : undefined
  if (format) return format(random)
  const least = typeof schema.minLength === 'number' ? Math.min(schema.minLength, mostCharacters) : 0
  const most = typeof schema.maxLength === 'number' ? schema.maxLength : mostCharacters
  let text = word(random)
  for (let count = between(random, 0, 2); count > 0 || text.length < least; count--) text += ` ${word(random)}`
  return text.slice(0, Math.max(0, Math.min(most, Math.max(least, text.length))))
}

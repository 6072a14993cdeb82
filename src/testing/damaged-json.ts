import type { JsonObject, JsonValue } from '../core/json.ts'

/** A value a model meant, the schema it was asked for, and what it said in its place. */
export interface DamagedSample {
  readonly kind: string
  readonly schema: JsonObject
  readonly intended: JsonObject
  readonly said: string
}

type Random = () => number

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
const whole = (random: Random, most: number): number => Math.floor(random() * most)

const words = [
  'alpha',
  'Straße',
  'tea & milk',
  '5" pipe',
  "it's late",
  'a, b and c',
  'x: y',
  '日本',
  'café',
  'C:\\new',
  'two\nlines',
  '{curly}',
]
const names = ['title', 'isOpen', 'unitPrice', 'item_count', 'note', 'status', 'tags', 'address', 'ratio', 'owner']
const states = ['open', 'in progress', 'done']

/** A number from 0 to 1, the same for the same seed. */
export const seeded = (seed: number): Random => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

interface Made {
  readonly schema: JsonObject
  readonly value: JsonValue
}

const makers: readonly ((random: Random, depth: number) => Made)[] = [
  (random) => ({ schema: { type: 'string' }, value: pick(random, words) }),
  (random) => ({ schema: { type: 'integer' }, value: whole(random, 10_000) - 100 }),
  (random) => ({ schema: { type: 'number' }, value: Math.round(random() * 1e5) / 100 }),
  (random) => ({ schema: { type: 'boolean' }, value: random() < 0.5 }),
  (random) => ({ schema: { enum: states }, value: pick(random, states) }),
  (random) => ({ schema: { type: ['string', 'null'] }, value: random() < 0.3 ? null : pick(random, words) }),
  (random) => ({
    schema: { type: 'array', items: { type: 'string' } },
    value: Array.from({ length: whole(random, 4) }, () => pick(random, words)),
  }),
  (random) => ({
    schema: { type: 'array', items: { type: 'number' } },
    value: Array.from({ length: 1 + whole(random, 4) }, () => whole(random, 100)),
  }),
  (random, depth) => (depth > 2 ? { schema: { type: 'integer' }, value: 1 } : madeObject(random, depth + 1)),
]

const madeObject = (random: Random, depth: number): { schema: JsonObject; value: JsonObject } => {
  const properties: Record<string, JsonValue> = {}
  const value: Record<string, JsonValue> = {}
  const count = 2 + whole(random, 4)
  for (let index = 0; index < count; index++) {
    const name = pick(random, names)
    const made = pick(random, makers)(random, depth)
    properties[name] = made.schema
    value[name] = made.value
  }
  return {
    schema: { type: 'object', properties, required: Object.keys(value), additionalProperties: false },
    value,
  }
}

/** Everywhere outside of strings. */
const outside = (json: string, change: (piece: string) => string): string =>
  json
    .split(/("(?:[^"\\]|\\.)*")/)
    .map((piece, index) => (index % 2 === 0 ? change(piece) : piece))
    .join('')

const strings = (json: string, change: (text: string) => string): string =>
  json.replace(/"(?:[^"\\]|\\.)*"/g, (text) => change(text))

const isName = (json: string, end: number): boolean => /^\s*:/.test(json.slice(end))

type Damage = (value: JsonObject, random: Random) => string

const pretty = (value: JsonValue): string => JSON.stringify(value, null, 2)

/** The ways in which models say something else than JSON. */
export const damages: Readonly<Record<string, Damage>> = {
  fence: (value) => `\`\`\`json\n${pretty(value)}\n\`\`\``,
  prose: (value) =>
    `Sure! Here is the object you asked for:\n\n${JSON.stringify(value)}\n\nLet me know if you [need] more {help}.`,
  tags: (value) => `<answer>\n${JSON.stringify(value)}\n</answer>`,
  'trailing commas': (value) => outside(pretty(value), (piece) => piece.replace(/(\n\s*[}\]])/g, ',$1')),
  'missing commas': (value) => outside(pretty(value), (piece) => piece.replace(/,\n/g, '\n')),
  'single quotes': (value) =>
    strings(
      JSON.stringify(value),
      (text) => `'${(JSON.parse(text) as string).replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n')}'`,
    ),
  'names without quotes': (value) => {
    const json = pretty(value)
    return json.replace(/"(\w+)"(?=\s*:)/g, '$1')
  },
  'words of Python': (value) =>
    outside(JSON.stringify(value), (piece) =>
      piece
        .replace(/\btrue\b/g, 'True')
        .replace(/\bfalse\b/g, 'False')
        .replace(/\bnull\b/g, 'None'),
    ),
  remarks: (value) => outside(pretty(value), (piece) => piece.replace(/,\n/g, ', // as asked\n')),
  'quotes inside': (value) => strings(JSON.stringify(value), (text) => `"${text.slice(1, -1).replaceAll('\\"', '"')}"`),
  'raw lines': (value) =>
    strings(JSON.stringify(value), (text) =>
      text.replace(/\\(.)/g, (escaped, letter) => (letter === 'n' ? '\n' : escaped)),
    ),
  'numbers in quotes': (value) =>
    outside(JSON.stringify(value), (piece) => piece.replace(/(^|[:,[])(-?\d+(?:\.\d+)?)(?=[,}\]])/g, '$1"$2"')),
  'another case': (value) => {
    const json = JSON.stringify(value)
    return json.replace(/"(open|in progress|done)"/g, (text, _word, at: number) =>
      isName(json, at + text.length) ? text : text.toUpperCase().replaceAll(' ', '_'),
    )
  },
  'another spelling of names': (value) =>
    JSON.stringify(value).replace(
      /"(\w+)"(?=:)/g,
      (_, name: string) => `"${name.replace(/([A-Z])/g, '_$1').toLowerCase()}"`,
    ),
  'twice encoded': (value) => JSON.stringify(JSON.stringify(value)),
  'missing end': (value) => JSON.stringify(value).replace(/[}\]]+$/, ''),
}

/** Samples of every kind, the same for the same seed. */
export const damagedSamples = (each: number, seed = 1): readonly DamagedSample[] => {
  const random = seeded(seed)
  return Object.entries(damages).flatMap(([kind, damage]) =>
    Array.from({ length: each }, () => {
      const { schema, value } = madeObject(random, 0)
      return { kind, schema, intended: value, said: damage(value, random) }
    }),
  )
}

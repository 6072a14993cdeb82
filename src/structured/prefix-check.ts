import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { pointed } from './schema-limits.ts'

/** Follows a JSON text as it comes, and says whether it can still become what its schema wants. */
export interface PrefixCheck {
  /** False from the first character on that makes it impossible. */
  feed(text: string): boolean
}

type Kind = 'object' | 'array'

interface Level {
  readonly kind: Kind
  readonly schema: JsonObject | undefined
  /** What may come: a value, a name, a colon, or what goes on or ends. */
  next: 'value' | 'first' | 'name' | 'colon' | 'more'
  readonly names: Set<string>
  name: string
  items: number
}

const space = /[ \t\n\r]/
const digits = /^-?(?:0|[1-9]\d*)?(?:(?<=\d)\.\d*)?(?:(?<=\d)[eE][+-]?\d*)?$/
const wholeNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const literals: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' }
const escapes = '"\\/bfnrtu'

/**
 * Works on the thread that serves callers: it generates no code and applies no pattern of theirs, and looks only at
 * what can be told at once: kinds of values, known names, enumerated words, what is missing at an end. What it lets
 * pass may still be invalid; what it stops is.
 */
export const createPrefixCheck = (root: JsonObject | undefined): PrefixCheck => new Follower(root)

class Follower implements PrefixCheck {
  readonly #root: JsonObject | undefined
  readonly #levels: Level[] = []
  #isViable = true
  #isOver = false
  /** The token that is not whole yet: a text with its quote, a number, or a literal. */
  #token = ''
  #schema: JsonObject | undefined
  #escaping = 0

  constructor(root: JsonObject | undefined) {
    this.#root = root
    this.#schema = this.#resolve(root)
  }

  feed(text: string): boolean {
    for (let at = 0; at < text.length && this.#isViable; at++) this.#isViable = this.#step(text[at] as string)
    return this.#isViable
  }

  #step(character: string): boolean {
    if (this.#token !== '') return this.#inToken(character)
    if (space.test(character)) return true
    if (this.#isOver) return false
    const level = this.#levels.at(-1)
    if (!level) return this.#begin(character, this.#schema)
    return level.kind === 'object' ? this.#inObject(level, character) : this.#inArray(level, character)
  }

  #inObject(level: Level, character: string): boolean {
    if (level.next === 'colon') {
      level.next = 'value'
      return character === ':'
    }
    if (level.next === 'value') return this.#begin(character, this.#memberSchema(level))
    if (level.next === 'more' && character === ',') {
      level.next = 'name'
      return true
    }
    if (character === '}' && level.next !== 'name') return this.#close(level)
    if (character !== '"' || level.next === 'more') return false
    this.#token = '"'
    return true
  }

  #inArray(level: Level, character: string): boolean {
    if (level.next === 'more') {
      if (character === ']') return this.#close(level)
      level.next = 'value'
      return character === ','
    }
    if (character === ']' && level.next === 'first') return this.#close(level)
    return this.#begin(character, this.#itemSchema(level))
  }

  #begin(character: string, schema: JsonObject | undefined): boolean {
    const kind = kindOf(character)
    if (kind === undefined || !allows(typesOf(schema), kind)) return false
    this.#schema = schema
    if (kind === 'object' || kind === 'array') {
      this.#levels.push({ kind, schema, next: 'first', names: new Set(), name: '', items: 0 })
      return true
    }
    this.#token = character
    return true
  }

  #inToken(character: string): boolean {
    const first = this.#token[0] as string
    if (first === '"') return this.#inText(character)
    const literal = literals[first]
    if (literal !== undefined) {
      this.#token += character
      if (!literal.startsWith(this.#token)) return false
      return this.#token === literal ? this.#ended(literal === 'null' ? null : literal === 'true') : true
    }
    if (/[\d.eE+-]/.test(character)) {
      this.#token += character
      return digits.test(this.#token)
    }
    return wholeNumber.test(this.#token) && this.#ended(Number(this.#token)) && this.#step(character)
  }

  #inText(character: string): boolean {
    if (character < ' ') return false
    this.#token += character
    if (this.#escaping > 0) return this.#inEscape(character)
    if (character === '\\') this.#escaping = 1
    else if (character === '"') return this.#textEnded(JSON.parse(this.#token) as string)
    return true
  }

  #inEscape(character: string): boolean {
    if (this.#escaping === 1) {
      this.#escaping = character === 'u' ? 5 : 0
      return escapes.includes(character)
    }
    this.#escaping = this.#escaping === 2 ? 0 : this.#escaping - 1
    return /[\da-fA-F]/.test(character)
  }

  #textEnded(text: string): boolean {
    const level = this.#levels.at(-1)
    if (level?.kind !== 'object' || level.next === 'value') return this.#ended(text)
    this.#token = ''
    level.next = 'colon'
    level.name = text
    level.names.add(text)
    return knowsName(level.schema, text)
  }

  #ended(value: JsonValue): boolean {
    this.#token = ''
    this.#afterValue()
    const { enum: allowed, const: only } = this.#schema ?? {}
    if (Array.isArray(allowed)) return allowed.includes(value)
    return only === undefined || only === value || typeof only === 'object'
  }

  #close({ kind, schema, names }: Level): boolean {
    this.#levels.pop()
    this.#afterValue()
    const required = kind === 'object' && Array.isArray(schema?.required) ? schema.required : []
    return required.every((name) => typeof name !== 'string' || names.has(name))
  }

  #afterValue(): void {
    const level = this.#levels.at(-1)
    if (!level) this.#isOver = true
    else {
      level.next = 'more'
      level.items++
    }
  }

  #memberSchema({ schema, name }: Level): JsonObject | undefined {
    const { properties, additionalProperties, patternProperties } = schema ?? {}
    if (isObject(properties) && Object.hasOwn(properties, name)) {
      // A pattern may say more of it; what the name alone says holds all the same.
      return this.#resolve(properties[name])
    }
    return patternProperties === undefined ? this.#resolve(additionalProperties) : undefined
  }

  #itemSchema({ schema, items: place }: Level): JsonObject | undefined {
    const { prefixItems, items } = schema ?? {}
    const first = Array.isArray(prefixItems) ? prefixItems : Array.isArray(items) ? items : []
    return this.#resolve(first[place] ?? (Array.isArray(items) ? undefined : items))
  }

  #resolve(written: JsonValue | undefined): JsonObject | undefined {
    let schema = written
    for (let hops = 0; hops < 16 && isObject(schema) && typeof schema.$ref === 'string' && this.#root; hops++)
      schema = pointed(this.#root, schema.$ref)
    return isObject(schema) && schema.$ref === undefined ? schema : undefined
  }
}

const kindOf = (character: string): string | undefined => {
  if (character === '{') return 'object'
  if (character === '[') return 'array'
  if (character === '"') return 'string'
  if (character === 't' || character === 'f') return 'boolean'
  if (character === 'n') return 'null'
  return /[-\d]/.test(character) ? 'number' : undefined
}

/** The kinds a schema allows; undefined: any, or more than can be told at a glance. */
const typesOf = (schema: JsonObject | undefined): readonly JsonValue[] | undefined => {
  const { type } = schema ?? {}
  if (typeof type === 'string') return [type]
  return Array.isArray(type) ? type : undefined
}

const allows = (types: readonly JsonValue[] | undefined, kind: string): boolean =>
  types === undefined || types.includes(kind) || (kind === 'number' && types.includes('integer'))

const knowsName = (schema: JsonObject | undefined, name: string): boolean => {
  if (schema?.additionalProperties !== false || schema.patternProperties !== undefined) return true
  return isObject(schema.properties) && Object.hasOwn(schema.properties, name)
}

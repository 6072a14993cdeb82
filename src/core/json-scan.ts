import { GatewayError } from './errors.ts'
import { OpenKeys } from './json-keys.ts'
import { JsonLexer, refusalAt } from './json-lexer.ts'

/** How large and how deep a JSON text may be before anybody builds values from it. */
export interface JsonLimits {
  /** Most arrays and objects inside each other; the outermost counts as 1. */
  readonly depth: number
  /** Most values and keys together. */
  readonly tokens: number
  /** Objects up to this depth may not have the same key twice: two parsers could disagree about which one counts. */
  readonly uniqueKeyDepth: number
}

const quote = 0x22
const comma = 0x2c
const colon = 0x3a
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

/** One walk over JSON, without recursion and without building anything, that refuses what breaks the grammar or a limit. */
export class JsonScan {
  /** True when a key was seen that could reach a prototype. */
  hasDangerousKey = false
  readonly #text: string
  readonly #limits: JsonLimits
  readonly #lexer: JsonLexer
  readonly #keys: OpenKeys
  /** For each container that is open: is it an object? */
  readonly #isObject: boolean[] = [false]
  #depth = 0
  #inObject = false
  /** True until the container that was just opened has its first item. */
  #isFresh = false
  #tokens = 0

  /** `text` holds the same bytes, one character each (Latin-1). */
  constructor(bytes: Buffer, text: string, limits: JsonLimits) {
    this.#text = text
    this.#limits = limits
    this.#lexer = new JsonLexer(bytes, text)
    this.#keys = new OpenKeys(bytes)
  }

  /** Throws `invalid_request` with the byte offset of what is wrong. */
  run(): this {
    const lexer = this.#lexer
    const first = lexer.visible()
    if (first === undefined) throw new GatewayError('invalid_request', 'The body is empty; a JSON object is expected.')
    if (first !== openBrace) throw refusalAt('The body must be a JSON object', lexer.at)
    this.#value(first)
    while (this.#depth > 0) {
      if (this.#inObject) this.#member(lexer.visible())
      else this.#element(lexer.visible())
    }
    if (lexer.visible() !== undefined) throw refusalAt('The body goes on after its JSON object', lexer.at)
    return this
  }

  #member(code: number | undefined): void {
    const lexer = this.#lexer
    if (this.#closes(code, closeBrace)) return
    if (this.#nextOfMany(code) !== quote) throw lexer.broken()
    this.#key()
    if (lexer.visible() !== colon) throw lexer.broken()
    lexer.at++
    this.#value(lexer.visible())
  }

  #element(code: number | undefined): void {
    if (!this.#closes(code, closeBracket)) this.#value(this.#nextOfMany(code))
  }

  /** The first byte of the next item, after the comma that must stand before all but the first. */
  #nextOfMany(code: number | undefined): number | undefined {
    if (this.#isFresh) {
      this.#isFresh = false
      return code
    }
    if (code !== comma) throw this.#lexer.broken()
    this.#lexer.at++
    return this.#lexer.visible()
  }

  #value(code: number | undefined): void {
    this.#count()
    if (code === quote) this.#lexer.string()
    else if (code === openBrace || code === openBracket) this.#open(code === openBrace)
    else this.#lexer.scalar(code)
  }

  #count(): void {
    if (++this.#tokens > this.#limits.tokens)
      throw refusalAt(`The body has more than ${this.#limits.tokens} JSON values and keys`, this.#lexer.at)
  }

  #open(isObject: boolean): void {
    if (++this.#depth > this.#limits.depth)
      throw refusalAt(`The body is nested deeper than ${this.#limits.depth}`, this.#lexer.at)
    this.#isObject[this.#depth] = isObject
    this.#inObject = isObject
    this.#isFresh = true
    this.#lexer.at++
    if (isObject && this.#depth <= this.#limits.uniqueKeyDepth) this.#keys.open()
  }

  /** True when the container that is open ended here. */
  #closes(code: number | undefined, closer: number): boolean {
    if (code !== closer) return false
    this.#lexer.at++
    this.#isFresh = false
    if (this.#inObject && this.#depth <= this.#limits.uniqueKeyDepth) this.#keys.close()
    this.#depth--
    this.#inObject = this.#isObject[this.#depth] as boolean
    return true
  }

  #key(): void {
    this.#count()
    const start = this.#lexer.at
    const isPlain = this.#lexer.string()
    const length = this.#lexer.at - start - 2
    // The dangerous names have 9 or 11 letters; any other plain key needs no look at what it says.
    if (!isPlain || length === 9 || length === 11) this.#checkDanger(start, isPlain)
    if (this.#depth <= this.#limits.uniqueKeyDepth) this.#checkUnique(start, isPlain)
  }

  #checkDanger(start: number, isPlain: boolean): void {
    const key = isPlain ? this.#text.slice(start + 1, this.#lexer.at - 1) : this.#lexer.unescaped(start)
    if (key === '__proto__' || key === 'constructor' || key === 'prototype') this.hasDangerousKey = true
  }

  #checkUnique(start: number, isPlain: boolean): void {
    const unescaped = isPlain ? undefined : this.#lexer.unescaped(start)
    if (this.#keys.add(start + 1, this.#lexer.at - 1, unescaped)) return
    const name = JSON.stringify(this.#lexer.unescaped(start).slice(0, 64))
    throw refusalAt(`The key ${name} occurs twice in one object`, start)
  }
}

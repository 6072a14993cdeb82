import { GatewayError } from './errors.ts'

const tab = 0x09
const lineFeed = 0x0a
const carriageReturn = 0x0d
const space = 0x20
const quote = 0x22
const plus = 0x2b
const minus = 0x2d
const dot = 0x2e
const zero = 0x30
const nine = 0x39
const backslash = 0x5c
const letterE = 0x65
const letterU = 0x75
const literals: Readonly<Record<number, string>> = { 116: 'true', 102: 'false', 110: 'null' }

/** Most digits that always make a safe integer. */
const safeDigits = 15

/** Jumping to the next quote costs as much as looking at so many bytes. */
const nearby = 16

/** For each byte: the value of a hexadecimal digit, or 16. */
const hexValues = Uint8Array.from({ length: 256 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16)
  return Number.isNaN(value) ? 16 : value
})

/** For each byte: 1 when it may follow a backslash by itself. */
const escapable = Uint8Array.from({ length: 256 }, (_, code) =>
  '"\\/bfnrt'.includes(String.fromCharCode(code)) ? 1 : 0,
)

/** A refusal of a body that says at which of its bytes the problem is. */
export const refusalAt = (problem: string, at: number): GatewayError =>
  new GatewayError('invalid_request', `${problem} (at byte ${at}).`)

const isDigit = (code: number | undefined): boolean => code !== undefined && code >= zero && code <= nine

/**
 * The pieces of JSON in UTF-8, one after the other, checked and passed over without building anything. Raw control
 * characters inside strings are not seen, because strings are jumped over.
 */
export class JsonLexer {
  /** The byte that comes next. */
  at = 0
  readonly #bytes: Buffer
  /** The same bytes, one character each: searching a string is several times cheaper than searching a buffer. */
  readonly #text: string
  #nextQuote = -1
  #nextBackslash = -1

  constructor(bytes: Buffer, text: string) {
    this.#bytes = bytes
    this.#text = text
  }

  /** The next byte that is not white space, without taking it; undefined at the end. */
  visible(): number | undefined {
    const bytes = this.#bytes
    let at = this.at
    let code = bytes[at]
    if (code !== undefined && code > space) return code
    while (code === space || code === lineFeed || code === carriageReturn || code === tab) code = bytes[++at]
    this.at = at
    return code
  }

  /** Goes behind a literal or number that begins here with `code`. */
  scalar(code: number | undefined): void {
    if (code === minus || isDigit(code)) this.#number(code)
    else this.#literal(code)
  }

  #literal(code: number | undefined): void {
    const word = literals[code ?? 0]
    if (word === undefined || !this.#text.startsWith(word, this.at)) throw this.broken()
    this.at += word.length
  }

  #number(first: number | undefined): void {
    const bytes = this.#bytes
    const start = this.at
    if (first === minus) this.at++
    if (bytes[this.at] === zero && isDigit(bytes[this.at + 1])) throw this.broken()
    this.#digits()
    const isInteger = bytes[this.at] !== dot && ((bytes[this.at] ?? 0) | space) !== letterE
    if (isInteger && this.at - start <= safeDigits) return
    if (bytes[this.at] === dot) {
      this.at++
      this.#digits()
    }
    if (((bytes[this.at] ?? 0) | space) === letterE) {
      this.at++
      if (bytes[this.at] === plus || bytes[this.at] === minus) this.at++
      this.#digits()
    }
    this.#checkSize(start, isInteger)
  }

  #digits(): void {
    const bytes = this.#bytes
    let at = this.at
    while (isDigit(bytes[at])) at++
    const none = at === this.at
    this.at = at
    if (none) throw this.broken()
  }

  #checkSize(start: number, isInteger: boolean): void {
    const value = Number(this.#text.slice(start, this.at))
    if (!Number.isFinite(value)) throw refusalAt('A number is too large to be represented', start)
    if (isInteger && !Number.isSafeInteger(value))
      throw refusalAt('An integer is beyond 2^53 - 1 and would lose digits', start)
  }

  /** Goes behind the string that begins here; true when nothing in it is escaped. */
  string(): boolean {
    const bytes = this.#bytes
    const start = this.at++
    let isPlain = true
    for (;;) {
      // Most strings are short, and escapes often stand close together (code, lists): look there before jumping.
      let at = this.at
      const near = at + nearby
      while (at < near && bytes[at] !== quote && bytes[at] !== backslash) at++
      this.at = at
      const code = at < near ? bytes[at] : this.#jump(start)
      if (code === quote) break
      if (code !== backslash) throw refusalAt('A string has no end', start)
      isPlain = false
      this.#escape()
    }
    this.at++
    return isPlain
  }

  /** Goes to the next quote or backslash, whichever comes first. Each is searched once, so that escapes stay linear. */
  #jump(start: number): number {
    if (this.#nextQuote < this.at) this.#nextQuote = this.#text.indexOf('"', this.at)
    if (this.#nextQuote === -1) throw refusalAt('A string has no end', start)
    if (this.#nextBackslash < this.at) {
      const found = this.#text.indexOf('\\', this.at)
      this.#nextBackslash = found === -1 ? this.#text.length : found
    }
    const isEscaped = this.#nextBackslash < this.#nextQuote
    this.at = isEscaped ? this.#nextBackslash : this.#nextQuote
    return isEscaped ? backslash : quote
  }

  #escape(): void {
    const letter = this.#bytes[this.at + 1]
    if (letter !== letterU) {
      if (letter === undefined || escapable[letter] === 0) throw this.broken()
      this.at += 2
      return
    }
    const unit = this.#unit()
    if (unit < 0xd800 || unit > 0xdfff) return
    const isPaired = unit < 0xdc00 && this.#bytes[this.at] === backslash && this.#bytes[this.at + 1] === letterU
    const low = isPaired ? this.#unit() : 0
    if (low < 0xdc00 || low > 0xdfff) throw refusalAt('Half of a surrogate pair stands alone', this.at - 6)
  }

  /** The code unit of a `\uXXXX` that begins here. */
  #unit(): number {
    let unit = 0
    for (let at = this.at + 2; at < this.at + 6; at++) {
      const digit = hexValues[this.#bytes[at] ?? 0] as number
      if (digit === 16) throw this.broken()
      unit = unit * 16 + digit
    }
    this.at += 6
    return unit
  }

  /** What the string says that begins at `start`, with its quotes, and was just passed. */
  unescaped(start: number): string {
    try {
      return JSON.parse(this.#bytes.toString('utf8', start, this.at))
    } catch {
      throw refusalAt('A key holds a raw control character', start)
    }
  }

  /** The refusal of what stands here. */
  broken(): GatewayError {
    return refusalAt('The body is not valid JSON', this.at)
  }
}

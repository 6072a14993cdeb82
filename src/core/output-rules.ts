import type { JsonValue } from './json.ts'

/** Where a value breaks what is demanded of it, and how. */
export interface Violation {
  /** A JSON pointer into the value; empty: the value itself. */
  readonly pointer: string
  readonly message: string
  /** The word of the schema that is broken, or what else demands it. */
  readonly keyword: string
}

/** What is done so that an answer in JSON satisfies the schema that was asked for. */
export interface OutputRules {
  /** How often a model is asked, the first time included, 1 to 3. Default 2. */
  readonly attempts: number
  /** Public models that are asked after that, in order. Default none. */
  readonly fallback: readonly string[]
  /** The answer when nothing helped; undefined: there is an error. */
  readonly default?: JsonValue | undefined
  /**
   * `incremental`: a stream passes as far as it can still become valid, and breaks off where it cannot. `buffer`: it is
   * held back until it is valid.
   */
  readonly mode: 'incremental' | 'buffer'
  /** Must an answer hold more than its schema says? By JSON pointer. */
  readonly rules: readonly OutputRule[]
  /** What a program demands beyond them. Must not throw. */
  readonly check?: ((value: JsonValue) => readonly Violation[] | Promise<readonly Violation[]>) | undefined
}

/** What the value at a place must be like, beyond its schema. */
export interface OutputRule {
  /** A JSON pointer; empty: the whole answer. A part of `*` stands for every item or member. */
  readonly at: string
  /** It must be there, and not be null, empty text, or an empty list. */
  readonly required?: boolean | undefined
  readonly oneOf?: readonly JsonValue[] | undefined
  /** A pattern without looking around and referring back. */
  readonly matches?: string | undefined
  /** Characters of a text, or items of a list. */
  readonly minLength?: number | undefined
  readonly maxLength?: number | undefined
}

/** How a valid answer was come by. */
export type OutputRung = 'native' | 'extracted' | 'repaired' | 'coerced' | 'asked_again' | 'fallback' | 'default'

/** What was done for the answer of a call. */
export interface OutputNote {
  /** Absent: it never became valid. */
  readonly rung?: OutputRung
  /** Was the very first answer valid as it came? */
  readonly isFirstTry: boolean
  /** How often models were asked. */
  readonly asks: number
  /** Attempts that were made for the first time of asking; those after it are the price of asking again. */
  readonly firstAttempts: number
  /** The name of the schema, by the caller's word. */
  readonly schema: string | undefined
}

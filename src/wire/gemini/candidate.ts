import type { Delta } from '../../core/delta.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { readFinish } from './finish.ts'
import { readGrounding } from './grounding.ts'
import { readLogProbs } from './log-probs.ts'
import { wireName } from './name.ts'
import { type AnswerPlace, readAnswerPart } from './read-answer-part.ts'

const told: ReadonlySet<string> = new Set(['content', 'finishReason', 'index', 'logprobsResult'])

const merged = (before: JsonValue | undefined, now: JsonValue): JsonValue =>
  isObject(before) && isObject(now) ? { ...before, ...now } : now

/** One candidate of an answer, followed through its pieces. */
export class Candidate implements AnswerPlace {
  readonly choice: number
  readonly #answerId: () => string
  finished = false
  /** Searches of the web that were made for it. */
  searches = 0
  #calls = 0
  #next = 0
  #open: { readonly kind: 'text' | 'reasoning'; readonly block: number } | undefined
  #textBlock: number | undefined
  readonly #texts: string[] = []
  #extras: Record<string, JsonValue | undefined> | undefined

  constructor(choice: number, answerId: () => string) {
    this.choice = choice
    this.#answerId = answerId
  }

  block(kind: 'text' | 'reasoning'): number {
    if (this.#open?.kind === kind) return this.#open.block
    const block = this.newBlock()
    this.#open = { kind, block }
    if (kind === 'text') this.#textBlock = block
    return block
  }

  newBlock(): number {
    this.#open = undefined
    return this.#next++
  }

  closeBlock(): void {
    this.#open = undefined
  }

  countCall(): { readonly scope: string; readonly number: number } {
    const scope = this.choice === 0 ? this.#answerId() : `${this.choice}-${this.#answerId()}`
    return { scope, number: this.#calls++ }
  }

  heard(text: string): void {
    this.#texts.push(text)
  }

  /** Reads what one piece of the answer says of this candidate. */
  read(piece: JsonObject, deltas: Delta[]): void {
    const { content, finishReason } = piece
    if (isObject(content) && Array.isArray(content.parts))
      for (const part of content.parts as readonly JsonValue[]) readAnswerPart(part, this, deltas)
    const logProbs = readLogProbs(piece.logprobsResult, this.choice)
    if (logProbs) deltas.push(logProbs)
    this.#collect(piece)
    const ends = typeof finishReason === 'string' && finishReason !== '' && finishReason !== 'FINISH_REASON_UNSPECIFIED'
    if (this.finished) this.#tellExtras(deltas)
    else if (ends) this.finish(finishReason, deltas)
  }

  finish(word: string, deltas: Delta[]): void {
    this.finished = true
    this.#cite(deltas)
    this.#tellExtras(deltas)
    deltas.push(readFinish(word, this.choice, this.#calls > 0))
  }

  /** What decorates a candidate comes in pieces, is repeated or grows: it is told once, at the end. */
  #collect(piece: JsonObject): void {
    for (const key in piece) {
      const value = piece[key]
      if (told.has(key) || value === undefined || value === null) continue
      this.#extras ??= {}
      this.#extras[key] = merged(this.#extras[key], value)
    }
    const { groundingMetadata: grounding } = piece
    if (isObject(grounding) && Array.isArray(grounding.webSearchQueries))
      this.searches = grounding.webSearchQueries.length
  }

  #cite(deltas: Delta[]): void {
    const metadata = this.#extras?.groundingMetadata
    if (!isObject(metadata) || this.#textBlock === undefined) return
    const place = { choice: this.choice, block: this.#textBlock }
    deltas.push(...readGrounding(metadata, this.#texts.join(''), place))
  }

  #tellExtras(deltas: Delta[]): void {
    if (!this.#extras) return
    const value = { index: this.choice, candidate: this.#extras }
    this.#extras = undefined
    deltas.push({ kind: 'opaque', wire: wireName, semantic: false, value })
  }
}

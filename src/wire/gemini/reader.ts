import type { Form } from '../../core/answer.ts'
import { createId } from '../../core/call.ts'
import type { Reader } from '../../core/chunk.ts'
import type { Delta } from '../../core/delta.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { garbled } from '../garbled.ts'
import { readEvents } from '../sse.ts'
import { Candidate } from './candidate.ts'
import { errorIn, readErrorChunk } from './errors.ts'
import { wireName } from './name.ts'
import { readUsage } from './usage.ts'

const told: ReadonlySet<string> = new Set(['candidates', 'usageMetadata', 'modelVersion', 'responseId'])
const mostCandidates = 1024

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')

/** Follows one answer through its pieces, each of which has the form of a whole one. */
class Progress {
  readonly candidates: Candidate[] = []
  #started = false
  #id = ''
  readonly #decorations = new Set<string>()

  read(piece: JsonValue, deltas: Delta[]): void {
    const error = errorIn(piece)
    if (error) {
      deltas.push({ kind: 'failure', error: readErrorChunk(error) })
      return
    }
    if (!isObject(piece)) throw garbled('a piece is no JSON object')
    const { candidates, usageMetadata, promptFeedback } = piece
    if (!Array.isArray(candidates) && !isObject(usageMetadata) && !isObject(promptFeedback))
      throw garbled('it has no candidates')
    this.#start(piece, deltas)
    this.#decorate(piece, deltas)
    const said: Delta[] = []
    if (Array.isArray(candidates)) for (const each of candidates as readonly JsonValue[]) this.#candidate(each, said)
    this.#blocked(promptFeedback, said)
    // Usage before what ends: whoever stops reading there has heard it.
    const ends = said.findIndex(({ kind }) => kind === 'finish')
    const usage = isObject(usageMetadata) ? readUsage(usageMetadata, this.#searches()) : undefined
    if (usage) said.splice(ends === -1 ? said.length : ends, 0, { kind: 'usage', usage })
    deltas.push(...said)
  }

  #searches(): number {
    let searches = 0
    for (const candidate of this.candidates) searches += candidate?.searches ?? 0
    return searches
  }

  #start({ responseId, modelVersion }: JsonObject, deltas: Delta[]): void {
    if (this.#started) return
    this.#started = true
    this.#id = textOf(responseId)
    deltas.push({ kind: 'start', id: this.#id, model: textOf(modelVersion) })
  }

  /** What stands beside the candidates is told once, though every piece may repeat it. */
  #decorate(piece: JsonObject, deltas: Delta[]): void {
    for (const key in piece) {
      const value = piece[key]
      if (told.has(key) || value === undefined || value === null || this.#decorations.has(key)) continue
      this.#decorations.add(key)
      deltas.push({ kind: 'opaque', wire: wireName, semantic: false, value: { answer: { [key]: value } } })
    }
  }

  #candidate(piece: JsonValue, deltas: Delta[]): void {
    if (!isObject(piece)) throw garbled('a candidate is no object')
    const index = piece.index ?? 0
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= mostCandidates)
      throw garbled('a candidate has no index')
    this.#at(index).read(piece, deltas)
  }

  #at(index: number): Candidate {
    const known = this.candidates[index]
    if (known) return known
    const made = new Candidate(index, () => {
      // Ids must not meet those of other answers.
      if (this.#id === '') this.#id = createId()
      return this.#id
    })
    this.candidates[index] = made
    return made
  }

  /** A prompt that was blocked has no candidates: nobody is going to answer it. */
  #blocked(feedback: JsonValue | undefined, deltas: Delta[]): void {
    if (!isObject(feedback) || typeof feedback.blockReason !== 'string' || this.candidates.length > 0) return
    this.#at(0).finished = true
    deltas.push({ kind: 'finish', choice: 0, reason: 'content_filter', native: feedback.blockReason })
  }
}

const parse = (text: string): JsonValue => {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw garbled('it is no JSON', cause)
  }
}

const readStream = (): Reader => {
  const progress = new Progress()
  return (bytes) => {
    const deltas: Delta[] = []
    for (const { data } of readEvents(bytes)) progress.read(parse(data), deltas)
    return deltas
  }
}

/** A whole answer, or the list of pieces that a stream is where it was not asked for as events. */
const readWhole: Reader = (bytes) => {
  const body = parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
  const progress = new Progress()
  const deltas: Delta[] = []
  for (const piece of Array.isArray(body) ? (body as readonly JsonValue[]) : [body]) progress.read(piece, deltas)
  if (deltas.some(({ kind }) => kind === 'failure')) return deltas
  if (progress.candidates.length === 0) throw garbled('it has no candidates')
  for (const candidate of progress.candidates)
    if (!candidate?.finished) throw garbled('a candidate has no finish reason')
  return deltas
}

/**
 * Upstream → us; new for each answer. The language has no mark of its end: an answer is whole when each of its
 * candidates has a finish reason and no more bytes come.
 */
export const reader = (form: Form): Reader => (form === 'whole' ? readWhole : readStream())

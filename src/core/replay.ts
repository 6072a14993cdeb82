import { Answer, type Form, type Source } from './answer.ts'
import { Chunk, type Reader } from './chunk.ts'
import type { Clock } from './clock.ts'
import type { Delta } from './delta.ts'
import type { GatewayError } from './errors.ts'
import { type KeptAnswer, type KeptChunk, neutralWire } from './kept-answer.ts'
import type { Target } from './target.ts'

export interface ReplayOptions {
  /** Reads bytes of a language; undefined: there is no such language (any more). */
  reader(wire: string, form: Form): Reader | undefined
  /** How it comes as slowly as the first time; undefined: at once. */
  readonly pace?: Pace | undefined
}

/** The time that there is for an answer that comes as slowly as the first time. */
export interface Pace {
  readonly clock: Clock
  /** On the process clock: what cannot come in time comes at once. */
  readonly deadline: number
}

/** A kept answer once more, as it came from its target; undefined when its language is not known any more. */
export const replay = (kept: KeptAnswer, { reader, pace }: ReplayOptions): Answer | undefined => {
  const { wire, form, headers, chunks } = kept
  const reads = wire === neutralWire ? readDeltas : reader(wire, form)
  if (!reads) return undefined
  const source = pace && form === 'events' ? new PacedSource(chunks, reads, pace) : new KeptSource(chunks, reads)
  return new Answer({ wire, form, target: targetNamed(kept.target), headers }, source)
}

/** The target may be gone by now; what it said was whole, also where it has no end mark. */
export const targetNamed = (id: string): Target => {
  const slash = id.indexOf('/')
  return {
    id,
    provider: id.slice(0, Math.max(0, slash)),
    model: id.slice(slash + 1),
    weight: 1,
    quirks: { endMark: false },
    facts: undefined,
  }
}

/** Reads deltas that were written as JSON. */
const readDeltas: Reader = (bytes) =>
  JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')) as Delta[]

class KeptSource implements Source {
  protected readonly chunks: readonly KeptChunk[]
  protected next = 0
  readonly #reader: Reader
  /** Must each chunk be read by itself? */
  readonly #isApart: boolean

  constructor(chunks: readonly KeptChunk[], reader: Reader) {
    this.chunks = chunks
    this.#reader = reader
    this.#isApart = reader === readDeltas
  }

  pull(): Chunk | undefined | Promise<Chunk | undefined> {
    return this.#isApart ? this.take() : this.#takeMany()
  }

  cancel(_reason: GatewayError): void {
    this.next = this.chunks.length
  }

  protected take(): Chunk | undefined {
    const kept = this.chunks[this.next++]
    return kept && new Chunk(kept.bytes, kept.matters, this.#reader)
  }

  /** Neighbours that do not matter, which need not be handed on one by one. */
  #takeMany(): Chunk | undefined {
    const first = this.chunks[this.next++]
    if (!first || first.matters) return first && new Chunk(first.bytes, first.matters, this.#reader)
    const { buffer, byteOffset } = first.bytes
    let end = byteOffset + first.bytes.byteLength
    for (let next = this.chunks[this.next]; next && !next.matters; next = this.chunks[this.next]) {
      if (next.bytes.buffer !== buffer || next.bytes.byteOffset !== end) break
      end += next.bytes.byteLength
      this.next++
    }
    return new Chunk(Buffer.from(buffer, byteOffset, end - byteOffset), false, this.#reader)
  }
}

/** Pauses shorter than this are none: a timer would make them longer. */
const leastPauseMs = 1

/** Chunks with the pauses that were between them. */
class PacedSource extends KeptSource {
  readonly #pace: Pace
  /** When the chunk before was due. */
  #due: number
  #timer: NodeJS.Timeout | undefined
  #reject: ((reason: GatewayError) => void) | undefined

  constructor(chunks: readonly KeptChunk[], reader: Reader, pace: Pace) {
    super(chunks, reader)
    this.#pace = pace
    this.#due = pace.clock.now()
  }

  override pull(): Chunk | undefined | Promise<Chunk | undefined> {
    const { clock, deadline } = this.#pace
    const now = clock.now()
    // A slow reader has had its pause already.
    this.#due = Math.max(now, this.#due + (this.chunks[this.next]?.afterMs ?? 0))
    const pauseMs = this.#due - now
    // What follows must be there before the time is over.
    if (pauseMs < leastPauseMs || this.#due > now + (deadline - now) / 2) return this.take()
    return new Promise((resolve, reject) => {
      this.#reject = reject
      this.#timer = setTimeout(() => {
        this.#reject = undefined
        resolve(this.take())
      }, pauseMs)
    })
  }

  override cancel(reason: GatewayError): void {
    clearTimeout(this.#timer)
    super.cancel(reason)
    this.#reject?.(reason)
  }
}

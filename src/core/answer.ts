import type { Chunk } from './chunk.ts'
import { Completion } from './completion.ts'
import type { Finish } from './delta.ts'
import { asGatewayError, GatewayError } from './errors.ts'
import type { Target } from './target.ts'
import type { Usage } from './usage.ts'

/** How an answer's bytes are framed: events of a stream, or one whole body. */
export type Form = 'events' | 'whole'

/** What is known of an answer before its first chunk. */
export interface Head {
  /** The wire its bytes are in. */
  readonly wire: string
  /** `raw`: bytes of whatever kind, whole when they end. */
  readonly form: Form | 'raw'
  /** Of a raw answer: the upstream's own. */
  readonly status?: number | undefined
  readonly target: Target
  /** The upstream's headers that a caller may see, lower-case. */
  readonly headers: Readonly<Record<string, string>>
}

/** Where chunks come from. `pull` gives undefined after the last one, and throws a GatewayError when it breaks. */
export interface Source {
  pull(): Chunk | undefined | Promise<Chunk | undefined>
  cancel(reason: GatewayError): void
  /** The answer is whole, nothing more is wanted: what still comes is dropped, and not waited for without end. */
  release?(): void
}

/** What an answer came to. */
export interface Summary {
  /** Undefined when the upstream told nothing. */
  readonly usage: Usage | undefined
  readonly finishes: readonly Finish[]
  /** Chunks seen, a lower bound of the events. */
  readonly chunks: number
  readonly bytes: number
}

/** Looks at an answer from the side, synchronously: exactly one of `done` and `fail` comes, once. */
export interface Observer {
  chunk?(chunk: Chunk): void
  done?(summary: Summary): void
  fail?(error: GatewayError, summary: Summary): void
  /** Asked after `done`: what ends the answer is handed out when this has come. Must not reject, nor wait without end. */
  hold?(): Promise<void> | undefined
}

/**
 * What comes back: always a stream, even when it has one chunk, read once by whoever delivers it. `done` fires before
 * the chunk that ends it is handed out, so that what is known at the end can precede it.
 */
export class Answer implements AsyncIterable<Chunk> {
  readonly head: Head
  readonly #source: Source
  readonly #observers: Observer[] = []
  readonly #completion = new Completion()
  readonly #ahead: (Chunk | undefined)[] = []
  #watchesChunks = false
  #isHeld = false
  #ended = false
  /** Why it was cancelled, for whoever pulls all the same. */
  #cancelled: GatewayError | undefined
  #chunks = 0
  #bytes = 0

  constructor(head: Head, source: Source) {
    this.head = head
    this.#source = source
  }

  /** Observers that were there first hear first: the innermost stage settles before the outer ones look. */
  watch(observer: Observer): this {
    this.#observers.push(observer)
    if (observer.chunk) this.#watchesChunks = true
    if (observer.hold) this.#isHeld = true
    return this
  }

  /** The next chunk, without taking it: it comes again by `pull`. Nobody is told of it yet. Gives a promise only when it must wait. */
  peek(): Chunk | undefined | Promise<Chunk | undefined> {
    const next = this.#source.pull()
    return next instanceof Promise ? next.then(this.#lookedAt) : this.#lookedAt(next)
  }

  readonly #lookedAt = (chunk: Chunk | undefined): Chunk | undefined => {
    this.#ahead.push(chunk)
    return chunk
  }

  /** The next chunk, or undefined after the last. Gives a promise only when it must wait. Throws GatewayError. */
  pull(): Chunk | undefined | Promise<Chunk | undefined> {
    // A cut answer must not look like one that is over.
    if (this.#cancelled) throw this.#cancelled
    if (this.#ahead.length > 0) return this.#taken(this.#ahead.shift())
    if (this.#ended) return undefined
    let next: Chunk | undefined | Promise<Chunk | undefined>
    try {
      next = this.#source.pull()
    } catch (error) {
      return this.#broken(error)
    }
    return next instanceof Promise ? next.then(this.#taken, this.#broken) : this.#taken(next)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Chunk> {
    try {
      for (let chunk = await this.pull(); chunk !== undefined; chunk = await this.pull()) yield chunk
    } finally {
      this.cancel(new GatewayError('cancelled', 'The reader stopped before the end.', { outcome: 'cancelled' }))
    }
  }

  /** Stops the upstream. Nothing happens when the answer is over already. */
  cancel(reason: GatewayError): void {
    if (this.#ended || this.#cancelled) return
    this.#cancelled = reason
    // Where the source is another answer, those who watch that one hear first.
    this.#source.cancel(reason)
    this.#fail(reason)
  }

  readonly #taken = (chunk: Chunk | undefined): Chunk | undefined | Promise<Chunk | undefined> => {
    if (chunk === undefined) return this.#atEndOfBytes()
    this.#chunks++
    this.#bytes += chunk.bytes.byteLength
    if (chunk.matters) this.#track(chunk)
    if (this.#watchesChunks) for (const observer of this.#observers) observer.chunk?.(chunk)
    if (this.#ended || (this.head.form !== 'whole' && !this.#completion.ended)) return chunk
    this.#finish(true)
    return this.#isHeld ? this.#held(chunk) : chunk
  }

  async #held(last: Chunk | undefined): Promise<Chunk | undefined> {
    for (const observer of this.#observers) await observer.hold?.()
    return last
  }

  readonly #broken = (thrown: unknown): never => {
    const error = asGatewayError(thrown)
    this.#fail(error)
    throw error
  }

  #track(chunk: Chunk): void {
    try {
      for (const delta of chunk.deltas) {
        this.#completion.see(delta)
        if (delta.kind === 'failure') throw delta.error
      }
    } catch (thrown) {
      this.#source.cancel(asGatewayError(thrown))
      this.#broken(thrown)
    }
  }

  /** What was looked at and never taken was answered all the same: its usage counts. */
  #trackAhead(): void {
    try {
      for (const chunk of this.#ahead) if (chunk?.matters) for (const delta of chunk.deltas) this.#completion.see(delta)
    } catch {
      // It cannot be read, and what it would have told is not known.
    }
  }

  #atEndOfBytes(): undefined | Promise<undefined> {
    if (this.#ended) return undefined
    this.#finish(this.head.target.quirks.endMark !== false)
    return this.#isHeld ? (this.#held(undefined) as Promise<undefined>) : undefined
  }

  #finish(endMarkNeeded: boolean): void {
    const missing = this.head.form === 'events' ? this.#completion.missing(endMarkNeeded) : undefined
    if (missing !== undefined) {
      const error = new GatewayError('upstream_garbled', `The upstream's stream was cut: ${missing}.`, {
        outcome: 'ambiguous',
      })
      this.#source.cancel(error)
      this.#broken(error)
    }
    this.#ended = true
    this.#source.release?.()
    const summary = this.#summary()
    for (const observer of this.#observers) observer.done?.(summary)
  }

  #fail(error: GatewayError): void {
    if (this.#ended) return
    this.#ended = true
    this.#trackAhead()
    const summary = this.#summary()
    for (const observer of this.#observers) observer.fail?.(error, summary)
  }

  #summary(): Summary {
    return {
      usage: this.#completion.usage,
      finishes: this.#completion.finishes,
      chunks: this.#chunks,
      bytes: this.#bytes,
    }
  }
}

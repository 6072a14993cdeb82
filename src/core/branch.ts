import { Answer, type Observer, type Source } from './answer.ts'
import type { Chunk } from './chunk.ts'
import type { GatewayError } from './errors.ts'
import type { Reel } from './reel.ts'

/** Told once when a reader has everything, or is gone; before anybody else who watches its answer. */
export type Left = (error: GatewayError | undefined) => void

/** What branches grow on. */
export interface Trunk {
  /** Is there nothing more to come? */
  readonly ended: boolean
  /** Why it broke, if it did. */
  readonly error: GatewayError | undefined
  /** Draws the next chunk, unless that is under way or somebody must be waited for. */
  draw(by: Branch): void
  /** It took one. */
  went(branch: Branch): void
  /** It has everything, or is gone. */
  leave(branch: Branch, reason: GatewayError | undefined): void
}

interface BranchOptions {
  readonly trunk: Trunk
  readonly reel: Reel
  readonly left: Left
  /** Does it read what others read as well? */
  readonly isShared: boolean
}

/** One of those who read an answer: its own place in it, its own end. */
export class Branch implements Source, Observer {
  readonly answer: Answer
  readonly #trunk: Trunk
  readonly #reel: Reel
  readonly #left: Left
  /** Of the next chunk. */
  cursor = 0
  isShared: boolean
  /** Why it gets no more, though others do. */
  #dropped: GatewayError | undefined
  #resolve: ((chunk: Chunk | undefined) => void) | undefined
  #reject: ((error: GatewayError) => void) | undefined

  constructor({ trunk, reel, left, isShared }: BranchOptions, { head }: Answer) {
    this.#trunk = trunk
    this.#reel = reel
    this.#left = left
    this.isShared = isShared
    this.answer = new Answer(head, this).watch(this)
  }

  get isWaiting(): boolean {
    return this.#resolve !== undefined
  }

  pull(): Chunk | undefined | Promise<Chunk | undefined> {
    for (;;) {
      if (this.#dropped) throw this.#dropped
      if (this.cursor < this.#reel.end) return this.#take()
      const { ended, error } = this.#trunk
      if (error) throw error
      if (ended) return undefined
      this.#trunk.draw(this)
      if (this.cursor === this.#reel.end && !this.#trunk.ended) return new Promise(this.#wait)
    }
  }

  cancel(reason: GatewayError): void {
    const reject = this.#reject
    this.#resolve = undefined
    this.#reject = undefined
    reject?.(reason)
  }

  done(): void {
    this.#trunk.leave(this, undefined)
    this.#left(undefined)
  }

  fail(error: GatewayError): void {
    this.#trunk.leave(this, error)
    this.#left(error)
  }

  /** It is told so when it comes for more: whoever is to watch its answer may not do so yet. */
  drop(error: GatewayError): void {
    this.#dropped = error
    this.#trunk.leave(this, error)
  }

  /** Somebody is to read what it has not read yet, out of its order: from here on it reads what the others read. */
  overtaken(): void {
    this.isShared = this.answer.head.form !== 'whole'
    const held = this.cursor - 1
    if (held < this.#reel.base) return
    try {
      // It may not have looked at this one yet, and it must be understood before what follows.
      void this.#reel.original(held).deltas
    } catch {
      // Told to whoever looks.
    }
  }

  /** There is more, or nothing any more. */
  wake(): void {
    const resolve = this.#resolve
    const reject = this.#reject
    if (!resolve || !reject) return
    this.#resolve = undefined
    this.#reject = undefined
    const { error } = this.#trunk
    if (this.cursor < this.#reel.end) resolve(this.#take())
    else if (error) reject(error)
    else resolve(undefined)
  }

  readonly #wait = (resolve: (chunk: Chunk | undefined) => void, reject: (error: GatewayError) => void): void => {
    this.#resolve = resolve
    this.#reject = reject
  }

  #take(): Chunk {
    const index = this.cursor++
    const chunk = this.isShared ? this.#reel.shared(index) : this.#reel.original(index)
    this.#trunk.went(this)
    return chunk
  }
}

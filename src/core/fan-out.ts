import { Answer, type Observer, type Source } from './answer.ts'
import type { Chunk, Reader } from './chunk.ts'
import { asGatewayError, GatewayError } from './errors.ts'
import { Reel, type Room } from './reel.ts'

export interface FanOutOptions {
  readonly room: Room
  /** Reads the bytes of this answer; undefined: nobody can but the first reader. */
  reader(): Reader | undefined
  /** Nobody can join any more: it is over, or its beginning is gone. */
  closed(): void
  /** The last of its readers is gone before it was over. */
  abandoned(reason: GatewayError): void
}

/**
 * One answer for several readers. Whoever has read everything draws the next chunk for all. The first reader is waited for
 * when it is a whole buffer behind; any other one is dropped then, and never buffered for.
 */
export class FanOut {
  readonly #answer: Answer
  readonly #options: FanOutOptions
  readonly #reel: Reel
  readonly #branches = new Set<Branch>()
  /** Undefined: it is gone, and the fastest of the others sets the pace. */
  #first: Branch | undefined
  #isDrawing = false
  #isClosed = false
  #ended = false
  #error: GatewayError | undefined

  constructor(answer: Answer, options: FanOutOptions) {
    this.#answer = answer
    this.#options = options
    this.#reel = new Reel(options.room, options.reader)
  }

  /** Is there nothing more to come? */
  get ended(): boolean {
    return this.#ended
  }

  /** Why it broke, if it did. */
  get error(): GatewayError | undefined {
    return this.#error
  }

  /** How many read it. */
  get size(): number {
    return this.#branches.size
  }

  /** The reader who is waited for: it gets the chunks themselves. */
  first(left: Left): Answer {
    this.#first = new Branch({ fanOut: this, reel: this.#reel, left, isShared: false }, this.#answer)
    this.#branches.add(this.#first)
    return this.#first.answer
  }

  /** One more reader, from the first chunk on; only while nobody was told that it is closed. */
  another(left: Left): Answer {
    const isShared = this.#answer.head.form !== 'whole'
    const branch = new Branch({ fanOut: this, reel: this.#reel, left, isShared }, this.#answer)
    this.#branches.add(branch)
    return branch.answer
  }

  /** Stops what nobody reads any more. */
  cancel(reason: GatewayError): void {
    this.#answer.cancel(reason)
  }

  /** Draws the next chunk, unless that is under way or somebody must be waited for. */
  draw(): void {
    if (this.#isDrawing || this.#ended || (this.#reel.isFull && !this.#makeRoom())) return
    const first = this.#first
    if (first && !first.isShared && first.cursor < this.#reel.end) first.overtaken()
    let next: Chunk | undefined | Promise<Chunk | undefined>
    try {
      next = this.#answer.pull()
    } catch (thrown) {
      this.#broke(thrown)
      return
    }
    if (next instanceof Promise) {
      this.#isDrawing = true
      next.then(this.#came, this.#broke)
    } else this.#came(next)
  }

  /** Takes a reader off, and says whether it was there. */
  leave(branch: Branch, reason: GatewayError | undefined): void {
    if (!this.#branches.delete(branch)) return
    if (branch === this.#first) this.#first = undefined
    if (this.#branches.size > 0) {
      this.#resume()
      return
    }
    if (!this.#ended) this.#options.abandoned(reason ?? left())
    this.#close()
    this.#reel.clear()
  }

  /** The first reader went on: whoever waits for it may draw. */
  went(branch: Branch): void {
    if (branch === this.#first && this.#branches.size > 1 && this.#reel.isFull) this.#resume()
  }

  /** If somebody waits for more and nothing is on its way, draws it. */
  #resume(): void {
    if (this.#isDrawing || this.#ended) return
    for (const branch of this.#branches) {
      if (!branch.isWaiting) continue
      this.draw()
      return
    }
  }

  readonly #came = (chunk: Chunk | undefined): void => {
    this.#isDrawing = false
    if (chunk === undefined) this.#end(undefined)
    else this.#reel.add(chunk)
    for (const branch of this.#branches) branch.wake()
  }

  readonly #broke = (thrown: unknown): void => {
    this.#isDrawing = false
    this.#end(asGatewayError(thrown))
    for (const branch of this.#branches) branch.wake()
  }

  #end(error: GatewayError | undefined): void {
    this.#ended = true
    this.#error = error
    this.#close()
  }

  #close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#options.closed()
  }

  /** Lets go of what everybody has; where that is not enough, of whoever is furthest behind. False: that is the first. */
  #makeRoom(): boolean {
    this.#close()
    for (;;) {
      let least = this.#reel.end
      for (const { cursor } of this.#branches) if (cursor < least) least = cursor
      this.#reel.dropTo(least)
      if (!this.#reel.isFull) return true
      if (this.#first?.cursor === least) return false
      for (const branch of this.#branches) if (branch.cursor === least) branch.answer.cancel(tooSlow())
    }
  }
}

/** Told once when a reader has everything, or is gone; before anybody else who watches its answer. */
export type Left = (error: GatewayError | undefined) => void

interface BranchOptions {
  readonly fanOut: FanOut
  readonly reel: Reel
  readonly left: Left
  /** Does it read what others read as well? */
  readonly isShared: boolean
}

/** One of those who read an answer: its own place in it, its own end. */
class Branch implements Source, Observer {
  readonly answer: Answer
  readonly #fanOut: FanOut
  readonly #reel: Reel
  readonly #left: Left
  /** Of the next chunk. */
  cursor = 0
  isShared: boolean
  #resolve: ((chunk: Chunk | undefined) => void) | undefined
  #reject: ((error: GatewayError) => void) | undefined

  constructor({ fanOut, reel, left, isShared }: BranchOptions, { head }: Answer) {
    this.#fanOut = fanOut
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
      if (this.cursor < this.#reel.end) return this.#take()
      const { ended, error } = this.#fanOut
      if (error) throw error
      if (ended) return undefined
      this.#fanOut.draw()
      if (this.cursor === this.#reel.end && !this.#fanOut.ended) return new Promise(this.#wait)
    }
  }

  cancel(reason: GatewayError): void {
    const reject = this.#reject
    this.#resolve = undefined
    this.#reject = undefined
    reject?.(reason)
  }

  done(): void {
    this.#fanOut.leave(this, undefined)
    this.#left(undefined)
  }

  fail(error: GatewayError): void {
    this.#fanOut.leave(this, error)
    this.#left(error)
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
    const { error } = this.#fanOut
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
    this.#fanOut.went(this)
    return chunk
  }
}

const left = (): GatewayError =>
  new GatewayError('cancelled', 'Everybody who read this answer is gone.', { outcome: 'cancelled' })

const tooSlow = (): GatewayError =>
  new GatewayError('overloaded', 'This answer was shared with equal calls, and was read too slowly to be kept for longer.')

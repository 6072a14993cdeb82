import type { Answer } from './answer.ts'
import { Branch, type Left, type Trunk } from './branch.ts'
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
export class FanOut implements Trunk {
  readonly #answer: Answer
  readonly #options: FanOutOptions
  readonly #reel: Reel
  readonly #branches = new Set<Branch>()
  /** Undefined: it is gone, and the fastest of the others sets the pace. */
  #first: Branch | undefined
  #isDrawing = false
  #isMakingRoom = false
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
    this.#first = new Branch({ trunk: this, reel: this.#reel, left, isShared: false }, this.#answer)
    this.#branches.add(this.#first)
    return this.#first.answer
  }

  /** One more reader, from the first chunk on; only while nobody was told that it is closed. */
  another(left: Left): Answer {
    const isShared = this.#answer.head.form !== 'whole'
    const branch = new Branch({ trunk: this, reel: this.#reel, left, isShared }, this.#answer)
    this.#branches.add(branch)
    return branch.answer
  }

  /** Draws the next chunk, unless that is under way or somebody must be waited for. */
  draw(by: Branch): void {
    if (this.#isDrawing || this.#ended || (this.#reel.isFull && !this.#makeRoom())) return
    const first = this.#first
    if (first && first !== by && !first.isShared && !first.isWaiting) first.overtaken()
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

  /** Takes a reader off. */
  leave(branch: Branch, reason: GatewayError | undefined): void {
    if (!this.#branches.delete(branch)) return
    if (branch === this.#first) this.#first = undefined
    if (this.#branches.size > 0) {
      this.#resume()
      return
    }
    // Whoever has it whole has seen it end.
    if (reason) this.#options.abandoned(reason)
    this.#close()
    this.#reel.clear()
  }

  /** The first reader went on: whoever waits for it may draw. */
  went(branch: Branch): void {
    if (branch === this.#first && this.#branches.size > 1 && this.#reel.isFull) this.#resume()
  }

  /** If somebody waits for more and nothing is on its way, draws it. */
  #resume(): void {
    if (this.#isDrawing || this.#isMakingRoom || this.#ended) return
    for (const branch of this.#branches) {
      if (!branch.isWaiting) continue
      this.draw(branch)
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
    this.#isMakingRoom = true
    let least = this.#dropRead()
    while (this.#reel.isFull && this.#first?.cursor !== least) {
      for (const branch of this.#branches) if (branch.cursor === least) branch.drop(tooSlow())
      least = this.#dropRead()
    }
    this.#isMakingRoom = false
    return !this.#reel.isFull
  }

  /** Lets go of what everybody has, and gives the place of whoever is furthest behind. */
  #dropRead(): number {
    let least = this.#reel.end
    for (const { cursor } of this.#branches) if (cursor < least) least = cursor
    this.#reel.dropTo(least)
    return least
  }
}

const tooSlow = (): GatewayError =>
  new GatewayError(
    'overloaded',
    'This answer was shared with equal calls, and was read too slowly to be kept for longer.',
  )

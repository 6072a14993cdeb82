import { Chunk, type Reader } from './chunk.ts'
import type { Delta } from './delta.ts'

/** Bytes that are kept for readers who come later or lag behind, over all answers of a process. */
export interface Room {
  usedBytes: number
  /** Beyond it each answer keeps only little. */
  readonly mostBytes: number
}

/** What one answer may keep, and what it may keep while the room is full. */
const mostBytes = 1_048_576
const fewBytes = 65_536

/** What a chunk takes beside its bytes. */
const overheadBytes = 160

/**
 * The chunks of one answer, from the first that somebody may still want to the last that came. Bytes are there once. Who
 * reads them beside the first reader gets chunks that are understood together, in order and once for all of them.
 */
export class Reel {
  readonly #room: Room
  readonly #makeReader: () => Reader | undefined
  /** Those from `base` on, as they came. */
  readonly #kept: Chunk[] = []
  /** The same for everybody else; the first so many of those that are kept. */
  readonly #shared: SharedChunk[] = []
  #reader: Reader | undefined
  /** The next that is to be understood for everybody. */
  #unread = 0
  #bytes = 0
  base = 0

  constructor(room: Room, makeReader: () => Reader | undefined) {
    this.#room = room
    this.#makeReader = makeReader
  }

  /** One behind the last. */
  get end(): number {
    return this.base + this.#kept.length
  }

  get isFull(): boolean {
    return this.#bytes >= (this.#room.usedBytes > this.#room.mostBytes ? fewBytes : mostBytes)
  }

  add(chunk: Chunk): void {
    this.#kept.push(chunk)
    const bytes = chunk.bytes.byteLength + overheadBytes
    this.#bytes += bytes
    this.#room.usedBytes += bytes
  }

  /** As it came; its meaning depends on what was read before it. */
  original(index: number): Chunk {
    return this.#kept[index - this.base] as Chunk
  }

  /** The same for whoever reads beside others. */
  shared(index: number): Chunk {
    const at = index - this.base
    for (let next = this.#shared.length; next <= at; next++)
      this.#shared.push(new SharedChunk(this.#kept[next] as Chunk, this, this.base + next))
    return this.#shared[at] as SharedChunk
  }

  /** Lets everything go before this one. */
  dropTo(index: number): void {
    const count = index - this.base
    if (count <= 0) return
    // What nobody wants any more may be needed to understand what comes.
    if (this.#reader || this.#shared.length > 0) this.readTo(index)
    for (let at = 0; at < count; at++) {
      const bytes = (this.#kept[at] as Chunk).bytes.byteLength + overheadBytes
      this.#bytes -= bytes
      this.#room.usedBytes -= bytes
    }
    this.#kept.splice(0, count)
    this.#shared.splice(0, count)
    this.base = index
  }

  /** Lets everything go. */
  clear(): void {
    this.dropTo(this.end)
  }

  /** Understands everything before this one, in order. */
  readTo(index: number): void {
    while (this.#unread < index) {
      const chunk = this.shared(this.#unread++)
      try {
        void chunk.deltas
      } catch {
        // Who wants this one is told; who wants a later one may do without it.
      }
    }
  }

  readonly read: Reader = (bytes) => {
    this.#reader ??= this.#makeReader()
    return this.#reader ? this.#reader(bytes) : []
  }
}

/** A chunk whose meaning is worked out in order, whoever asks for it first. */
class SharedChunk extends Chunk {
  readonly #reel: Reel
  readonly #index: number

  constructor(original: Chunk, reel: Reel, index: number) {
    super(original.bytes, original.matters, reel.read)
    this.#reel = reel
    this.#index = index
  }

  override get deltas(): readonly Delta[] {
    this.#reel.readTo(this.#index)
    return super.deltas
  }
}

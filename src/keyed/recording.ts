import type { Observer } from '../core/answer.ts'
import type { Chunk } from '../core/chunk.ts'
import type { KeptChunk } from '../core/kept-answer.ts'

/** A longer answer is not kept: its key is free again when it is over. */
export const mostAnswerBytes = 4 * 1024 * 1024
/** All answers that are being recorded, together. */
const mostTogether = 256 * 1024 * 1024

/** Room for answers while they come. */
export interface RecordingRoom {
  used: number
}

/** What an answer came to, told once. */
export interface RecordingEnd {
  /** Undefined: it was too long to be kept. What it gives is waited for before the answer ends. */
  whole(chunks: readonly KeptChunk[] | undefined): Promise<void>
  /** It broke, or nobody wanted the rest. */
  broken(): void
}

/** Keeps the bytes of an answer as they pass, as far as there is room. */
export class Recording implements Observer {
  readonly #room: RecordingRoom
  readonly #end: RecordingEnd
  #chunks: KeptChunk[] | undefined = []
  #bytes = 0
  #ending: Promise<void> | undefined

  constructor(room: RecordingRoom, end: RecordingEnd) {
    this.#room = room
    this.#end = end
  }

  chunk({ bytes, matters }: Chunk): void {
    if (!this.#chunks) return
    const size = bytes.byteLength
    if (this.#bytes + size > mostAnswerBytes || this.#room.used + size > mostTogether) {
      this.#release()
      this.#chunks = undefined
      return
    }
    this.#bytes += size
    this.#room.used += size
    this.#chunks.push({ bytes, matters, afterMs: 0 })
  }

  done(): void {
    this.#ending = this.#end.whole(this.#chunks)
    this.#release()
  }

  fail(): void {
    this.#release()
    this.#end.broken()
  }

  hold(): Promise<void> | undefined {
    return this.#ending
  }

  #release(): void {
    this.#room.used -= this.#bytes
    this.#bytes = 0
  }
}

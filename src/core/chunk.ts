import type { Delta } from './delta.ts'

/** Turns bytes of an answer into what they mean; keeps the state of one answer. */
export type Reader = (bytes: Uint8Array) => readonly Delta[]

/** Bytes of an answer as they came: one or more whole events, or a whole body. Meaning is worked out if somebody asks. */
export class Chunk {
  readonly bytes: Uint8Array
  /** True when usage, an ending or an error may be inside, so that the answer looks at it. */
  readonly matters: boolean
  readonly #reader: Reader
  #deltas: readonly Delta[] | undefined

  constructor(bytes: Uint8Array, matters: boolean, reader: Reader) {
    this.bytes = bytes
    this.matters = matters
    this.#reader = reader
  }

  /** Read in order, once each: a reader keeps state, so all chunks of an answer are read or only those that matter. */
  get deltas(): readonly Delta[] {
    this.#deltas ??= this.#reader(this.bytes)
    return this.#deltas
  }

  /** True when the language's mark of the end is inside. */
  get ends(): boolean {
    return this.matters && this.deltas.some((delta) => delta.kind === 'end')
  }
}

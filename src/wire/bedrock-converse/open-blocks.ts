import type { Delta } from '../../core/delta.ts'
import type { JsonValue } from '../../core/json.ts'
import type { ServedBlock } from './served-block.ts'

/** A block that is open. Each kind of content in it has a number of its own, given when it says something. */
export interface OpenBlock {
  readonly numbers: Map<string, number>
  served: ServedBlock | undefined
  isTool: boolean
  /** Did a tool call tell any input? */
  hasInput: boolean
  mediaType: string
}

/** What is known of one stream so far. */
export class Progress {
  readonly extras: Record<string, JsonValue | undefined> = {}
  readonly #blocks = new Map<number, OpenBlock>()
  #next = 0

  /** Beginnings are told of tools and pictures only. */
  block(index: number): OpenBlock {
    const known = this.#blocks.get(index)
    if (known) return known
    const block = { numbers: new Map(), served: undefined, isTool: false, hasInput: false, mediaType: '' }
    this.#blocks.set(index, block)
    return block
  }

  close(index: number): OpenBlock | undefined {
    const block = this.#blocks.get(index)
    this.#blocks.delete(index)
    return block
  }

  numberOf(block: OpenBlock, kind: Delta['kind']): number {
    const known = block.numbers.get(kind)
    if (known !== undefined) return known
    block.numbers.set(kind, this.#next)
    return this.#next++
  }
}

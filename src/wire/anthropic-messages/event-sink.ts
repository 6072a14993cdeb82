import type { JsonObject } from '../../core/json.ts'
import type { BlockSink } from '../block-sequence.ts'
import { writeEvent } from '../sse.ts'

/** Content blocks as events of a stream, numbered without gaps. */
export class EventSink implements BlockSink<JsonObject> {
  #text = ''
  #index = 0

  begin(block: JsonObject): void {
    this.#tell({ type: 'content_block_start', index: this.#index, content_block: block })
  }

  add(delta: JsonObject): void {
    this.#tell({ type: 'content_block_delta', index: this.#index, delta })
  }

  end(): void {
    this.#tell({ type: 'content_block_stop', index: this.#index })
    this.#index++
  }

  /** Is there something to take? */
  get pending(): boolean {
    return this.#text !== ''
  }

  /** What was told since the last time. */
  take(): string {
    const text = this.#text
    this.#text = ''
    return text
  }

  #tell(event: JsonObject & { readonly type: string }): void {
    this.#text += writeEvent(event.type, event)
  }
}

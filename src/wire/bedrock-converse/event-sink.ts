import type { JsonObject } from '../../core/json.ts'
import { writeAwsEvent } from '../aws-events.ts'
import type { BlockSink } from '../block-sequence.ts'
import type { BlockStart } from './block-words.ts'

/** Content blocks as events of a stream, numbered without gaps. */
export class EventSink implements BlockSink<BlockStart> {
  #bytes = ''
  #index = 0

  begin(start: JsonObject | undefined): void {
    if (start) this.#tell('contentBlockStart', { start })
  }

  add(delta: JsonObject): void {
    this.#tell('contentBlockDelta', { delta })
  }

  end(): void {
    this.#tell('contentBlockStop', {})
    this.#index++
  }

  /** What was told since the last time, one byte in each character. */
  take(): string {
    const bytes = this.#bytes
    this.#bytes = ''
    return bytes
  }

  #tell(name: string, event: JsonObject): void {
    this.#bytes += writeAwsEvent(name, { ...event, contentBlockIndex: this.#index })
  }
}

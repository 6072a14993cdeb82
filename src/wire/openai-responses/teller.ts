import type { JsonObject } from '../../core/json.ts'
import { writeEvent } from '../sse.ts'

/** Where the events of a response go, of which each has a number. */
export interface Teller {
  tell(type: string, fields: JsonObject): void
}

/** Events as text, taken piece by piece. */
export class EventTeller implements Teller {
  #text = ''
  #number = 0

  tell(type: string, fields: JsonObject): void {
    this.#text += writeEvent(type, { type, ...fields, sequence_number: this.#number++ })
  }

  /** What was told since the last time. */
  take(): string {
    const text = this.#text
    this.#text = ''
    return text
  }
}

/** For whole bodies, which have no events. */
export const silentTeller: Teller = { tell: () => {} }

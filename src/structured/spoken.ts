import { Answer, type Source } from '../core/answer.ts'
import { Chunk } from '../core/chunk.ts'
import type { Delta } from '../core/delta.ts'
import type { GatewayError } from '../core/errors.ts'
import { placeOf } from './said.ts'

/** Of no language: whoever delivers it writes it anew. */
const wireOfNobody = 'neutral'

/** An answer in which the arguments of one tool are the words, as if the model had said them. */
export const spoken = (answer: Answer, tool: string): Answer =>
  new Answer({ ...answer.head, wire: wireOfNobody }, new Spoken(answer, tool))

class Spoken implements Source {
  readonly #answer: Answer
  readonly #tool: string
  readonly #places = new Set<string>()
  readonly #choices = new Set<number>()

  constructor(answer: Answer, tool: string) {
    this.#answer = answer
    this.#tool = tool
  }

  pull(): Chunk | undefined | Promise<Chunk | undefined> {
    const pulled = this.#answer.pull()
    return pulled instanceof Promise ? pulled.then(this.#said) : this.#said(pulled)
  }

  cancel(reason: GatewayError): void {
    this.#answer.cancel(reason)
  }

  readonly #said = (chunk: Chunk | undefined): Chunk | undefined => {
    if (!chunk) return undefined
    const deltas = chunk.deltas.map(this.#inWords)
    return new Chunk(chunk.bytes, chunk.matters, () => deltas)
  }

  readonly #inWords = (delta: Delta): Delta => {
    if (delta.kind === 'finish')
      return this.#choices.has(delta.choice) && delta.reason === 'tool_calls'
        ? { kind: 'finish', choice: delta.choice, reason: 'stop' }
        : delta
    if (delta.kind !== 'tool_call') return delta
    const place = placeOf(delta)
    if (delta.name === this.#tool) {
      this.#places.add(place)
      this.#choices.add(delta.choice)
    }
    if (!this.#places.has(place)) return delta
    const { choice, block } = delta
    return { kind: 'text', choice, block, text: delta.arguments }
  }
}

import { createId } from '../../core/call.ts'
import type { Annotation, TokenLogProb } from '../../core/delta.ts'
import type { JsonObject } from '../../core/json.ts'
import { writeTokens } from '../openai/log-probs.ts'
import { writeAnnotation } from './annotations.ts'
import type { Teller } from './teller.ts'
import type { Status, WrittenItem } from './written-item.ts'

type PartKind = 'output_text' | 'refusal'

interface Part {
  readonly kind: PartKind
  readonly block: number
  text: string
  readonly annotations: JsonObject[]
  readonly probabilities: JsonObject[]
}

const partValue = ({ kind, text, annotations, probabilities }: Part): JsonObject =>
  kind === 'refusal'
    ? { type: kind, refusal: text }
    : { type: kind, text, annotations: [...annotations], logprobs: [...probabilities] }

/** A message of the assistant: texts and refusals, one after another. */
export class WrittenMessage implements WrittenItem {
  readonly #id = `msg_${createId()}`
  readonly #at: number
  readonly #teller: Teller
  readonly #parts: Part[] = []
  #status: Status = 'in_progress'

  constructor(at: number, teller: Teller) {
    this.#at = at
    this.#teller = teller
    teller.tell('response.output_item.added', { output_index: at, item: this.value() })
  }

  get block(): number {
    return this.#parts.at(-1)?.block ?? -1
  }

  get closed(): boolean {
    return this.#status !== 'in_progress'
  }

  /** A piece of the part that is open, or of a new one. */
  add(kind: PartKind, block: number, text: string): void {
    const part = this.#part(kind, block)
    part.text += text
    if (kind === 'refusal') this.#tell('response.refusal.delta', { delta: text })
    else this.#tell('response.output_text.delta', { delta: text, logprobs: [] })
  }

  cite(delta: Annotation): void {
    const annotation = writeAnnotation(delta)
    if (!annotation) return
    const part = this.closed ? this.#parts.findLast(({ kind }) => kind === 'output_text') : this.#citing(delta.block)
    if (!part) return
    part.annotations.push(annotation)
    // A citation that comes after the end of its text stands in the final response alone.
    if (this.closed) return
    this.#tell('response.output_text.annotation.added', { annotation, annotation_index: part.annotations.length - 1 })
  }

  probabilities(tokens: readonly TokenLogProb[]): void {
    const part = this.#parts.at(-1)
    if (part?.kind !== 'output_text') return
    const logprobs = writeTokens(tokens)
    part.probabilities.push(...logprobs)
    if (!this.closed) this.#tell('response.output_text.delta', { delta: '', logprobs })
  }

  close(status: Status): void {
    if (this.closed) return
    this.#closePart()
    this.#status = status
    this.#teller.tell('response.output_item.done', { output_index: this.#at, item: this.value() })
  }

  value(): JsonObject {
    return {
      id: this.#id,
      type: 'message',
      status: this.#status,
      content: this.#parts.map(partValue),
      role: 'assistant',
    }
  }

  #part(kind: PartKind, block: number): Part {
    const open = this.#parts.at(-1)
    if (open?.block === block && open.kind === kind) return open
    if (open) this.#closePart()
    const part: Part = { kind, block, text: '', annotations: [], probabilities: [] }
    this.#parts.push(part)
    this.#tell('response.content_part.added', { part: partValue(part) })
    return part
  }

  #citing(block: number): Part {
    const open = this.#parts.at(-1)
    return open?.kind === 'output_text' ? open : this.#part('output_text', block)
  }

  #closePart(): void {
    const part = this.#parts.at(-1)
    if (!part) return
    if (part.kind === 'refusal') this.#tell('response.refusal.done', { refusal: part.text })
    else this.#tell('response.output_text.done', { text: part.text, logprobs: [...part.probabilities] })
    this.#tell('response.content_part.done', { part: partValue(part) })
  }

  #tell(type: string, fields: JsonObject): void {
    const place = { item_id: this.#id, output_index: this.#at, content_index: this.#parts.length - 1 }
    this.#teller.tell(type, { ...place, ...fields })
  }
}

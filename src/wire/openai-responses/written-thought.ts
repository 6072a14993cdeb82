import { createId } from '../../core/call.ts'
import type { Reasoning } from '../../core/delta.ts'
import type { JsonObject } from '../../core/json.ts'
import { wireName } from './name.ts'
import { partsOfProof, sealed } from './proof.ts'
import type { Teller } from './teller.ts'
import type { Status, WrittenItem } from './written-item.ts'

/** Thinking that is shown, as a summary; its proof is told when it ends. */
export class WrittenThought implements WrittenItem {
  readonly block: number
  readonly #id: string
  readonly #at: number
  readonly #teller: Teller
  readonly #origin: string
  #text = ''
  #shown = false
  #signature: string | undefined
  #redacted: string | undefined
  #closed = false

  constructor(at: number, { block, origin, id }: Reasoning, teller: Teller) {
    this.#id = (origin === wireName ? id : undefined) ?? `rs_${createId()}`
    this.block = block
    this.#at = at
    this.#origin = origin
    this.#teller = teller
    teller.tell('response.output_item.added', {
      output_index: at,
      item: { id: this.#id, type: 'reasoning', summary: [] },
    })
  }

  add({ text, signature, redacted }: Reasoning): void {
    if (signature !== undefined) this.#signature = (this.#signature ?? '') + signature
    if (redacted !== undefined) this.#redacted = (this.#redacted ?? '') + redacted
    if (text === '') return
    if (!this.#shown) this.#tell('part.added', { part: { type: 'summary_text', text: '' } })
    this.#shown = true
    this.#text += text
    this.#tell('text.delta', { delta: text })
  }

  close(_status: Status): void {
    if (this.#closed) return
    this.#closed = true
    if (this.#shown) {
      this.#tell('text.done', { text: this.#text })
      this.#tell('part.done', { part: { type: 'summary_text', text: this.#text } })
    }
    this.#teller.tell('response.output_item.done', { output_index: this.#at, item: this.value() })
  }

  /** Thinking of another language is sealed, so that it is known when the client sends it back. */
  value(): JsonObject {
    const summary = this.#text === '' ? [] : [{ type: 'summary_text', text: this.#text }]
    return { id: this.#id, type: 'reasoning', summary, encrypted_content: this.#encrypted() }
  }

  #encrypted(): string | undefined {
    const proof = { origin: this.#origin, signature: this.#signature, redacted: this.#redacted }
    if (this.#origin !== wireName) return sealed(proof)
    return this.#signature === undefined ? undefined : partsOfProof(this.#signature).encrypted || undefined
  }

  #tell(what: string, fields: JsonObject): void {
    const place = { item_id: this.#id, output_index: this.#at, summary_index: 0 }
    this.#teller.tell(`response.reasoning_summary_${what}`, { ...place, ...fields })
  }
}

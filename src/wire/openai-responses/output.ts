import { createId } from '../../core/call.ts'
import type { Annotation, LogProbs, Media, Reasoning, ToolCall } from '../../core/delta.ts'
import { incapable } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { wireName } from './name.ts'
import type { Teller } from './teller.ts'
import { WrittenCall } from './written-call.ts'
import type { Status, WrittenItem } from './written-item.ts'
import { WrittenMessage } from './written-message.ts'
import { WrittenThought } from './written-thought.ts'

/** An item that is told whole. */
const wholeItem = (value: JsonObject): WrittenItem => ({ block: -1, close: () => {}, value: () => value })

/**
 * Puts the pieces of an answer into output items. What is said in words or thought ends when something else begins;
 * calls of other languages may come at the same time, and end when their input is whole.
 */
export class Output {
  readonly #teller: Teller
  readonly #items: WrittenItem[] = []
  readonly #calls = new Map<number, WrittenCall>()
  #open: WrittenItem | undefined
  #message: WrittenMessage | undefined

  constructor(teller: Teller) {
    this.#teller = teller
  }

  say(kind: 'output_text' | 'refusal', block: number, text: string): void {
    this.#openMessage().add(kind, block, text)
  }

  cite(annotation: Annotation): void {
    const message = this.#message ?? this.#openMessage()
    message.cite(annotation)
  }

  probabilities({ content }: LogProbs): void {
    this.#message?.probabilities(content)
  }

  think(delta: Reasoning): void {
    const open = this.#open
    if (open instanceof WrittenThought && open.block === delta.block) open.add(delta)
    else this.#begin(new WrittenThought(this.#place(), delta, this.#teller)).add(delta)
  }

  call(delta: ToolCall): void {
    const known = this.#calls.get(delta.block)
    if (known) known.add(delta.arguments)
    else {
      const call = this.#begin(new WrittenCall(this.#place(), delta, this.#teller))
      this.#calls.set(delta.block, call)
      call.add(delta.arguments)
    }
  }

  /** An item that only this language knows. */
  native(value: JsonObject): void {
    const at = this.#place()
    this.#begin(wholeItem(value))
    this.#teller.tell('response.output_item.added', { output_index: at, item: value })
    this.#teller.tell('response.output_item.done', { output_index: at, item: value })
  }

  /** An image of another language is told as if a tool had made it: this one has no other words for it. */
  media({ mediaType, data }: Media): void {
    if (!mediaType.startsWith('image/')) throw incapable(mediaType, wireName)
    const format = mediaType.slice('image/'.length)
    const made = { status: 'completed', output_format: format, result: data }
    this.native({ id: `ig_${createId()}`, type: 'image_generation_call', ...made })
  }

  /** Nothing more comes; `last` is how far the item is that was open. */
  close(last: Status): void {
    for (const call of this.#calls.values()) call.close(call === this.#open ? last : 'completed')
    this.#open?.close(last)
  }

  value(): JsonObject[] {
    return this.#items.map((item) => item.value())
  }

  #openMessage(): WrittenMessage {
    if (this.#open instanceof WrittenMessage) return this.#open
    this.#message = this.#begin(new WrittenMessage(this.#place(), this.#teller))
    return this.#message
  }

  /** Where the next item stands; what was open before it ends. */
  #place(): number {
    if (!(this.#open instanceof WrittenCall)) this.#open?.close('completed')
    for (const call of this.#calls.values()) if (call.whole) call.close('completed')
    return this.#items.length
  }

  #begin<Item extends WrittenItem>(item: Item): Item {
    this.#items.push(item)
    this.#open = item
    return item
  }
}

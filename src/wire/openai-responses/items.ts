import { createId } from '../../core/call.ts'
import type { Annotation, Delta } from '../../core/delta.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { readTokens } from '../openai/log-probs.ts'
import { readAnnotation } from './annotations.ts'
import { garbled } from './garbled.ts'
import { wireName } from './name.ts'
import { proofOf } from './proof.ts'

type Kind = 'message' | 'reasoning' | 'function_call' | 'custom_tool_call'

const kinds: ReadonlySet<unknown> = new Set<Kind>(['message', 'reasoning', 'function_call', 'custom_tool_call'])

/** One content part of a message while its pieces come. */
interface Part {
  block: number
  /** Characters of it that were told. */
  said: number
  annotations: number
  probabilities: number
}

/** One output item while its pieces come. */
interface Item {
  readonly kind: Kind
  readonly parts: Map<number, Part>
  /** How its maker names it, as long as that was not told. */
  id: string | undefined
  /** Of a call or of thinking; -1 while it has said nothing. */
  block: number
  /** Characters that were told. */
  said: number
  /** Which part of its thinking was told last. */
  last: string | undefined
  settled: boolean
}

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')
const listOf = (value: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(value) ? value : [])

/** Between parts of thinking that this language tells apart and others do not. */
const betweenThoughts = '\n\n'

/** The thinking that a whole item shows: its summary, then its text. */
export const thinkingOf = (item: JsonObject): string =>
  [...listOf(item.summary), ...listOf(item.content)]
    .map((part) => (isObject(part) ? textOf(part.text) : ''))
    .filter((text) => text !== '')
    .join(betweenThoughts)

/** Follows the output items of one response, through events or whole. */
export class Items {
  calls = false
  refusal = false
  readonly #items = new Map<number, Item>()
  readonly #opaque = new Set<number>()
  #next = 0

  /** An item begins; those of kinds that only this language knows are told when they are whole. */
  begin(at: number, item: JsonObject, deltas: Delta[]): void {
    if (!kinds.has(item.type)) return
    const open = this.#item(at, item.type as Kind)
    open.id = textOf(item.id) || undefined
    if (open.kind === 'function_call') this.#call(open, item, textOf(item.arguments), deltas)
    else if (open.kind === 'custom_tool_call') this.#call(open, item, textOf(item.input), deltas)
  }

  text(at: number, content: number, text: string, deltas: Delta[]): void {
    const part = this.#part(at, content)
    if (text === '') return
    if (part.block === -1) part.block = this.#next++
    part.said += text.length
    deltas.push({ kind: 'text', choice: 0, block: part.block, text })
  }

  refuse(at: number, content: number, text: string, deltas: Delta[]): void {
    this.refusal = true
    const part = this.#part(at, content)
    if (text === '') return
    if (part.block === -1) part.block = this.#next++
    part.said += text.length
    deltas.push({ kind: 'refusal', choice: 0, block: part.block, text })
  }

  probabilities(at: number, content: number, tokens: JsonValue | undefined, deltas: Delta[]): void {
    if (!Array.isArray(tokens) || tokens.length === 0) return
    const read = readTokens(tokens)
    this.#part(at, content).probabilities += tokens.length
    if (read.length > 0) deltas.push({ kind: 'logprobs', choice: 0, content: read, refusal: [] })
  }

  cite(at: number, content: number, annotation: JsonObject, deltas: Delta[]): void {
    const part = this.#part(at, content)
    if (part.block === -1) part.block = this.#next++
    part.annotations++
    deltas.push(readAnnotation(annotation, part.block) satisfies Annotation)
  }

  /** `place` tells parts of thinking apart. */
  think(at: number, place: string, text: string, deltas: Delta[]): void {
    const item = this.#item(at, 'reasoning')
    if (text === '') return
    const another = item.said > 0 && item.last !== place
    item.last = place
    this.#thought(item, another ? betweenThoughts + text : text, undefined, deltas)
  }

  /** A piece of the input of a call. */
  input(at: number, kind: 'function_call' | 'custom_tool_call', piece: string, deltas: Delta[]): void {
    const item = this.#items.get(at)
    if (item?.kind !== kind || item.block === -1) throw garbled('the input of a tool call comes before its name')
    if (piece === '') return
    item.said += piece.length
    const custom = kind === 'custom_tool_call' || undefined
    deltas.push({ kind: 'tool_call', choice: 0, block: item.block, arguments: piece, custom })
  }

  /** The whole input of a call, of which the beginning may have been told. */
  wholeInput(at: number, kind: 'function_call' | 'custom_tool_call', whole: string, deltas: Delta[]): void {
    this.input(at, kind, whole.slice(this.#items.get(at)?.said ?? 0), deltas)
  }

  /** An item is whole: what no event has told of it is told now. */
  settle(at: number, item: JsonObject, deltas: Delta[]): void {
    if (!kinds.has(item.type)) {
      if (!this.#opaque.has(at)) deltas.push({ kind: 'opaque', wire: wireName, value: item, semantic: true })
      this.#opaque.add(at)
      return
    }
    const open = this.#item(at, item.type as Kind)
    if (open.settled) return
    open.settled = true
    if (open.kind === 'message') this.#settleMessage(at, item, deltas)
    else if (open.kind === 'reasoning') this.#settleThinking(open, item, deltas)
    else {
      const input = textOf(open.kind === 'function_call' ? item.arguments : item.input)
      if (open.block === -1) this.#call(open, item, input, deltas)
      else this.wholeInput(at, open.kind, input, deltas)
    }
  }

  #settleMessage(at: number, item: JsonObject, deltas: Delta[]): void {
    for (const [content, given] of listOf(item.content).entries()) {
      if (!isObject(given)) continue
      const part = this.#part(at, content)
      if (given.type === 'refusal') this.refuse(at, content, textOf(given.refusal).slice(part.said), deltas)
      else if (given.type === 'output_text') {
        this.text(at, content, textOf(given.text).slice(part.said), deltas)
        this.probabilities(at, content, listOf(given.logprobs).slice(part.probabilities), deltas)
        for (const each of listOf(given.annotations).slice(part.annotations))
          if (isObject(each)) this.cite(at, content, each, deltas)
      } else throw garbled('a message has content of an unknown type')
    }
  }

  /** An item that shows nothing and proves nothing only tells that there was thinking; sent back, nobody would know it. */
  #settleThinking(open: Item, item: JsonObject, deltas: Delta[]): void {
    const text = open.said > 0 ? '' : thinkingOf(item)
    if (open.block === -1) open.id = textOf(item.id) || undefined
    if (text !== '' || open.said > 0 || textOf(item.encrypted_content) !== '')
      this.#thought(open, text, proofOf(item), deltas)
  }

  #thought(item: Item, text: string, signature: string | undefined, deltas: Delta[]): void {
    if (item.block === -1) item.block = this.#next++
    item.said += text.length
    deltas.push({ kind: 'reasoning', choice: 0, block: item.block, text, signature, id: item.id, origin: wireName })
    item.id = undefined
  }

  #call(open: Item, item: JsonObject, input: string, deltas: Delta[]): void {
    if (open.block !== -1) return
    const name = textOf(item.name)
    if (name === '') throw garbled('a tool call has no name')
    const id = textOf(item.call_id) || textOf(item.id) || `call_${createId()}`
    const custom = open.kind === 'custom_tool_call' || undefined
    this.calls = true
    open.block = this.#next++
    open.said = input.length
    deltas.push({ kind: 'tool_call', choice: 0, block: open.block, id, name, arguments: input, custom })
  }

  #item(at: number, kind: Kind): Item {
    const known = this.#items.get(at)
    if (known && known.kind !== kind) throw garbled('an output item is of two types')
    if (known) return known
    const item: Item = { kind, parts: new Map(), id: undefined, block: -1, said: 0, last: undefined, settled: false }
    this.#items.set(at, item)
    return item
  }

  #part(at: number, content: number): Part {
    const { parts } = this.#item(at, 'message')
    const known = parts.get(content)
    if (known) return known
    const part: Part = { block: -1, said: 0, annotations: 0, probabilities: 0 }
    parts.set(content, part)
    return part
  }
}

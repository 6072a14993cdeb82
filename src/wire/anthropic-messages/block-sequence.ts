import { JsonBalance } from '../../core/completion.ts'
import type { Annotation, Reasoning, Text, ToolCall } from '../../core/delta.ts'
import { wrapInEnvelope } from '../../core/envelope.ts'
import { incapable } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { garbled } from '../garbled.ts'
import { wireName } from './name.ts'
import { acceptedToolId } from './tool-ids.ts'

/** Where content blocks go: one begins when the one before has ended. */
export interface BlockSink {
  begin(block: JsonObject): void
  add(delta: JsonObject): void
  end(): void
}

/** A piece of a text block, of thinking, of a tool call, or a block that this language alone knows. */
export type Piece = Text | Annotation | Reasoning | ToolCall | { readonly kind: 'native'; readonly value: JsonObject }

type Shape = 'text' | 'thinking' | 'redacted' | 'tool' | 'native'

const shapeOf = (piece: Piece): Shape => {
  if (piece.kind === 'tool_call') return 'tool'
  if (piece.kind === 'reasoning') return piece.redacted === undefined ? 'thinking' : 'redacted'
  return piece.kind === 'native' ? 'native' : 'text'
}

interface Open {
  readonly key: string
  readonly shape: Shape
  /** Of a tool call: whether its input is closed. */
  readonly balance: JsonBalance | undefined
  /** Of thinking: by whom, and the proof. */
  origin: string
  signature: string | undefined
}

/**
 * Puts pieces of blocks, as they come, into blocks that stand one after another. Other languages tell several tool calls
 * at the same time: while the input of one is open, what belongs to others waits.
 */
export class BlockSequence {
  readonly #sink: BlockSink
  readonly #waiting = new Map<string, Piece[]>()
  readonly #endedTools = new Set<string>()
  #open: Open | undefined
  #single = 0

  constructor(sink: BlockSink) {
    this.#sink = sink
  }

  add(piece: Piece): void {
    const shape = shapeOf(piece)
    // These come whole, each a block of its own.
    const key = shape === 'redacted' || shape === 'native' ? `${shape}${this.#single++}` : shape + (piece as Text).block
    if (this.#open?.key === key) {
      this.#apply(piece, this.#open)
      if (this.#waiting.size > 0) this.#release(false)
    } else if (this.#waiting.size === 0 && this.#mayEnd()) this.#begin(key, shape, piece)
    else this.#wait(key, piece)
  }

  /** A delta of a kind we do not know, for the block that is open. */
  addNative(delta: JsonObject): void {
    if (this.#open) this.#sink.add(delta)
  }

  /** No more pieces come: what waits is told, and the last block ends. */
  finish(): void {
    this.#release(true)
    this.#end()
  }

  #wait(key: string, piece: Piece): void {
    const waiting = this.#waiting.get(key)
    if (waiting) waiting.push(piece)
    else this.#waiting.set(key, [piece])
  }

  #mayEnd(): boolean {
    const balance = this.#open?.balance
    return balance === undefined || (balance.begun && balance.closed)
  }

  #release(all: boolean): void {
    for (const [key, [first, ...rest]] of this.#waiting) {
      if (!all && !this.#mayEnd()) return
      this.#waiting.delete(key)
      if (!first) continue
      this.#begin(key, shapeOf(first), first)
      for (const piece of rest) if (this.#open) this.#apply(piece, this.#open)
    }
  }

  #begin(key: string, shape: Shape, piece: Piece): void {
    if (this.#endedTools.has(key)) {
      if (/\S/.test((piece as ToolCall).arguments)) throw garbled('the input of a tool call goes on after its end')
      return
    }
    this.#end()
    this.#open = {
      key,
      shape,
      balance: shape === 'tool' ? new JsonBalance() : undefined,
      origin: wireName,
      signature: undefined,
    }
    this.#sink.begin(beginningOf(piece))
    this.#apply(piece, this.#open)
  }

  #apply(piece: Piece, open: Open): void {
    if (piece.kind === 'text') this.#sink.add({ type: 'text_delta', text: piece.text })
    else if (piece.kind === 'annotation') this.#sink.add({ type: 'citations_delta', citation: piece.raw })
    else if (piece.kind === 'reasoning') this.#think(piece, open)
    else if (piece.kind === 'native') this.#tellInput(piece.value)
    else if (piece.arguments !== '') {
      open.balance?.add(piece.arguments)
      this.#sink.add({ type: 'input_json_delta', partial_json: piece.arguments })
    }
  }

  #think(piece: Reasoning, open: Open): void {
    open.origin = piece.origin
    if (piece.signature !== undefined) open.signature = piece.signature
    if (piece.text !== '') this.#sink.add({ type: 'thinking_delta', thinking: piece.text })
  }

  #tellInput({ input }: JsonObject): void {
    if (input !== undefined) this.#sink.add({ type: 'input_json_delta', partial_json: JSON.stringify(input) })
  }

  #end(): void {
    const open = this.#open
    if (!open) return
    if (open.shape === 'thinking') this.#prove(open)
    if (open.shape === 'tool') this.#endedTools.add(open.key)
    this.#sink.end()
    this.#open = undefined
  }

  /** Thinking of another maker is sealed, so that it is known when the client sends it back. */
  #prove({ origin, signature }: Open): void {
    const proof = origin === wireName ? signature : wrapInEnvelope(origin, signature)
    if (proof !== undefined) this.#sink.add({ type: 'signature_delta', signature: proof })
  }
}

const beginningOf = (piece: Piece): JsonObject => {
  if (piece.kind === 'native') return piece.value.input === undefined ? piece.value : { ...piece.value, input: {} }
  if (piece.kind === 'tool_call') {
    if (piece.custom) throw incapable('a custom tool call', wireName)
    return { type: 'tool_use', id: acceptedToolId(piece.id ?? ''), name: piece.name ?? '', input: {} }
  }
  if (piece.kind !== 'reasoning') return { type: 'text', text: '' }
  const { origin, redacted } = piece
  if (redacted === undefined) return { type: 'thinking', thinking: '', signature: '' }
  return { type: 'redacted_thinking', data: origin === wireName ? redacted : wrapInEnvelope(origin, redacted) }
}

import { JsonBalance } from '../core/completion.ts'
import type { Annotation, Media, Reasoning, Text, ToolCall } from '../core/delta.ts'
import { wrapInEnvelope } from '../core/envelope.ts'
import type { JsonObject } from '../core/json.ts'
import { garbled } from './garbled.ts'

/** Where content blocks go: one begins when the one before has ended. */
export interface BlockSink<Start> {
  begin(start: Start): void
  add(delta: JsonObject): void
  end(): void
}

/** A piece of a text block, of thinking, of a tool call, a picture, or a block that one language alone knows. */
export type Piece =
  | Text
  | Annotation
  | Reasoning
  | ToolCall
  | Media
  | { readonly kind: 'native'; readonly value: JsonObject }

type Shape = 'text' | 'thinking' | 'redacted' | 'tool' | 'media' | 'native'

const shapeOf = (piece: Piece): Shape => {
  if (piece.kind === 'tool_call') return 'tool'
  if (piece.kind === 'reasoning') return piece.redacted === undefined ? 'thinking' : 'redacted'
  return piece.kind === 'native' || piece.kind === 'media' ? piece.kind : 'text'
}

/** These come whole, each a block of its own. */
const singles: ReadonlySet<Shape> = new Set(['redacted', 'media', 'native'])

/** The words of a language whose answers are blocks, one after another. */
export interface BlockWords<Start> {
  /** Its wire. */
  readonly name: string
  /** Begins the block of this piece. Throws `incapable` for what the language has no block for. */
  start(piece: Piece): Start
  /** Says a piece inside its block; a tool call only where it has some input. */
  say(piece: Piece, sink: BlockSink<Start>): void
  /** The proof of thinking, of what was told of it before and now. */
  joined(before: string | undefined, more: string): string
  /** Says the proof at the end of a block of thinking. */
  prove(signature: string): JsonObject
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
export class BlockSequence<Start> {
  readonly #words: BlockWords<Start>
  readonly #sink: BlockSink<Start>
  readonly #waiting = new Map<string, Piece[]>()
  readonly #endedTools = new Set<string>()
  #open: Open | undefined
  #single = 0

  constructor(words: BlockWords<Start>, sink: BlockSink<Start>) {
    this.#words = words
    this.#sink = sink
  }

  add(piece: Piece): void {
    const shape = shapeOf(piece)
    const key = singles.has(shape) ? `${shape}${this.#single++}` : shape + (piece as Text).block
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
      origin: this.#words.name,
      signature: undefined,
    }
    this.#sink.begin(this.#words.start(piece))
    this.#apply(piece, this.#open)
  }

  #apply(piece: Piece, open: Open): void {
    if (piece.kind === 'tool_call') {
      if (piece.arguments === '') return
      open.balance?.add(piece.arguments)
    } else if (piece.kind === 'reasoning') {
      open.origin = piece.origin
      if (piece.signature !== undefined) open.signature = this.#words.joined(open.signature, piece.signature)
    }
    this.#words.say(piece, this.#sink)
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
    const proof = origin === this.#words.name ? signature : wrapInEnvelope(origin, signature)
    if (proof !== undefined) this.#sink.add(this.#words.prove(proof))
  }
}

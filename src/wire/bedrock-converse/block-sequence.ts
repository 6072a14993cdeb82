import { JsonBalance } from '../../core/completion.ts'
import type { Annotation, Media, Reasoning, Text, ToolCall } from '../../core/delta.ts'
import { wrapInEnvelope } from '../../core/envelope.ts'
import { incapable } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { garbled } from '../garbled.ts'
import { formatOf, imageFormats } from './formats.ts'
import { wireName } from './name.ts'
import { writeRedacted } from './redacted.ts'
import { nativeDeltas, nativeStart } from './write-native.ts'

/** Where content blocks go: one begins when the one before has ended. Only some have something to say at once. */
export interface BlockSink {
  begin(start: JsonObject | undefined): void
  add(delta: JsonObject): void
  end(): void
}

/** A piece of a text block, of thinking, of a tool call, a picture, or a block that this language alone knows. */
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
    const key = singles.has(shape) ? `${shape}${this.#single++}` : shape + (piece as Text).block
    if (this.#open?.key === key) {
      this.#apply(piece, this.#open)
      if (this.#waiting.size > 0) this.#release(false)
    } else if (this.#waiting.size === 0 && this.#mayEnd()) this.#begin(key, shape, piece)
    else this.#wait(key, piece)
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
    this.#sink.begin(startOf(piece))
    this.#apply(piece, this.#open)
  }

  #apply(piece: Piece, open: Open): void {
    if (piece.kind === 'text') this.#sink.add({ text: piece.text })
    else if (piece.kind === 'annotation') this.#sink.add({ citation: citationOf(piece) })
    else if (piece.kind === 'reasoning') this.#think(piece, open)
    else if (piece.kind === 'media') this.#sink.add({ image: { source: { bytes: piece.data } } })
    else if (piece.kind === 'native') for (const delta of nativeDeltas(piece.value)) this.#sink.add(delta)
    else if (piece.arguments !== '') {
      open.balance?.add(piece.arguments)
      this.#sink.add({ toolUse: { input: piece.arguments } })
    }
  }

  #think(piece: Reasoning, open: Open): void {
    open.origin = piece.origin
    if (piece.redacted !== undefined) {
      this.#sink.add({ reasoningContent: { redactedContent: writeRedacted(piece.redacted, piece.origin) } })
      return
    }
    if (piece.signature !== undefined) open.signature = (open.signature ?? '') + piece.signature
    if (piece.text !== '') this.#sink.add({ reasoningContent: { text: piece.text } })
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
    if (proof !== undefined) this.#sink.add({ reasoningContent: { signature: proof } })
  }
}

/** A citation; one of another maker has at least an address. */
const citationOf = ({ origin, raw, title, url, citedText }: Annotation): JsonObject => {
  if (origin === wireName) return raw
  return {
    title,
    sourceContent: citedText === undefined ? undefined : [{ text: citedText }],
    location: { web: { url } },
  }
}

const startOf = (piece: Piece): JsonObject | undefined => {
  if (piece.kind === 'native') return nativeStart(piece.value)
  if (piece.kind === 'media') {
    const format = formatOf(imageFormats, piece.mediaType)
    if (format === undefined) throw incapable(piece.mediaType, wireName)
    return { image: { format } }
  }
  if (piece.kind !== 'tool_call') return undefined
  if (piece.custom) throw incapable('a custom tool call', wireName)
  return { toolUse: { toolUseId: piece.id || 'tollgate_', name: piece.name ?? '' } }
}

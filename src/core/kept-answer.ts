import type { Form } from './answer.ts'
import type { FinishReason } from './delta.ts'
import type { Nanos } from './money.ts'
import type { Usage } from './usage.ts'

/** A piece of a kept answer, as it came. */
export interface KeptChunk {
  readonly bytes: Uint8Array
  /** May usage, an ending or tool arguments be inside? */
  readonly matters: boolean
  /** Milliseconds after the one before it; 0 for the first. */
  readonly afterMs: number
}

/** A whole answer as it came from its target, to be given again in whatever language it is asked for. */
export interface KeptAnswer {
  /** The wire its bytes are in; `neutralWire`: they are deltas in JSON. */
  readonly wire: string
  readonly form: Form
  /** `provider/model`. */
  readonly target: string
  /** The upstream's headers that a caller may see. */
  readonly headers: Readonly<Record<string, string>>
  readonly chunks: readonly KeptChunk[]
  readonly finishes: readonly FinishReason[]
  /** Undefined: unknown. */
  readonly usage: Usage | undefined
  /** What it cost; undefined: unknown. */
  readonly costNanos: Nanos | undefined
  /** From the call's start to its first words, and to its end. */
  readonly firstTokenMs: number
  readonly durationMs: number
}

/** Stands for the wire of answers that are in no language of bytes: what they mean is written by whoever delivers them. */
export const neutralWire = 'tollgate'

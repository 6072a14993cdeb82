import type { Nanos } from '../core/money.ts'
import { seal, unseal } from '../core/sealed-bytes.ts'
import type { Vector } from '../core/vector.ts'

/** The vector of one input, as it came, with its part of what the whole answer came to. */
export interface KeptVector {
  readonly vector: Vector
  /** `provider/model`. */
  readonly target: string
  /** How the upstream names the model that made it; empty: it did not tell. */
  readonly model: string
  /** Tokens of the input; undefined: unknown. */
  readonly tokens: number | undefined
  /** False: the provider told how many several inputs have together. */
  readonly isMeasured: boolean
  /** Undefined: unknown. */
  readonly costNanos: Nanos | undefined
  /** How long the answer took that it came in. */
  readonly durationMs: number
}

/** Changed whenever vectors are written in another way. */
const version = 0x81

/** A vector as it lies in a store: numbers of 64 bits, which hold what JSON said exactly, or what was base64 of them. */
export const encodeVector = ({ vector, costNanos, ...facts }: KeptVector): Uint8Array => {
  const isText = typeof vector === 'string'
  const bytes = isText ? Buffer.from(vector, 'base64') : new Uint8Array(Float64Array.from(vector).buffer)
  return seal(version, { ...facts, costNanos: costNanos?.toString(), isText }, [bytes])
}

/** A vector from a store; undefined when these bytes are none, or not all of one. */
export const decodeVector = (given: Uint8Array): KeptVector | undefined => {
  const sealed = unseal(version, given)
  if (!sealed) return undefined
  const { facts, bytes } = sealed
  const { target, model, tokens, isMeasured, durationMs, costNanos, isText } = facts
  // The checksum and the version say that `encodeVector` wrote it.
  const told = { target, model, tokens, isMeasured, durationMs } as unknown as Omit<KeptVector, 'vector' | 'costNanos'>
  return {
    ...told,
    vector: isText ? bytes.toString('base64') : numbersIn(bytes),
    costNanos: costNanos === undefined ? undefined : BigInt(String(costNanos)),
  }
}

/** From a copy, as numbers of 64 bits must lie where their size allows; `slice` of a Buffer is none. */
const numbersIn = (bytes: Uint8Array): readonly number[] => Array.from(new Float64Array(new Uint8Array(bytes).buffer))

import type { Observer, Summary } from '../core/answer.ts'
import type { Call } from '../core/call.ts'
import type { Chunk } from '../core/chunk.ts'
import type { Clock } from '../core/clock.ts'
import { type Embed, estimateInputs } from '../core/embed.ts'
import { inputTokens } from '../core/usage.ts'
import type { Vector } from '../core/vector.ts'
import { costOfAnswer, wasAnswered } from './keeper.ts'
import type { KeptVector } from './kept-vector.ts'
import { sharesOf } from './shares.ts'

export interface GatheringOptions {
  /** What was asked. */
  readonly call: Call
  readonly embed: Embed
  readonly target: string
  readonly clock: Clock
  /** Told of the vector of each input, in order, when the answer is whole. */
  gathered(vectors: readonly KeptVector[]): void
}

/** Looks at an answer from the side and tells of its vectors, if there is one for each input. */
export class VectorGathering implements Observer {
  readonly #options: GatheringOptions
  readonly #vectors: (Vector | undefined)[] = []
  #model = ''

  constructor(options: GatheringOptions) {
    this.#options = options
  }

  chunk(chunk: Chunk): void {
    for (const delta of chunk.deltas) {
      if (delta.kind === 'start') this.#model = delta.model
      else if (delta.kind === 'vector') this.#vectors[delta.index] = delta.vector
    }
  }

  done({ usage }: Summary): void {
    const { call, embed, target, clock, gathered } = this.#options
    const { inputs } = embed
    const vectors = this.#vectors.filter((vector) => vector !== undefined)
    if (vectors.length !== inputs.length || this.#vectors.length !== inputs.length) return
    const weights = inputs.map((input) => Math.max(1, estimateInputs({ inputs: [input] })))
    const tokens = usage && sharesOf(BigInt(inputTokens(usage)), weights)
    const cost = wasAnswered(call) ? costOfAnswer(call) : undefined
    const costs = cost === undefined ? undefined : sharesOf(cost, weights)
    const durationMs = clock.now() - call.started
    const isMeasured = inputs.length === 1 && usage?.source === 'measured'
    gathered(
      vectors.map((vector, index) => ({
        vector,
        target,
        model: this.#model,
        tokens: tokens && Number(tokens[index]),
        isMeasured,
        costNanos: costs?.[index],
        durationMs,
      })),
    )
  }
}

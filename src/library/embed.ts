import type { Answer } from '../core/answer.ts'
import { type Call, costOfCall } from '../core/call.ts'
import { GatewayError } from '../core/errors.ts'
import { usdFromNanos } from '../core/money.ts'
import type { Usage } from '../core/usage.ts'
import { numbersOf, type Vector } from '../core/vector.ts'

/** A request for vectors in OpenAI's words: `model`, `input`, `dimensions`, and whatever else the target takes. */
export interface EmbedRequest {
  /** A public model, or `provider/model`. */
  readonly model: string
  /** A text, the tokens of one, or a list of either. */
  readonly input: string | readonly string[] | readonly number[] | readonly (readonly number[])[]
  /** Numbers in each vector. Default: as many as the model makes. */
  readonly dimensions?: number | undefined
  readonly [field: string]: unknown
}

/** Vectors, as a program reads them. */
export interface EmbedAnswer {
  /** The call's id, as in logs and records. */
  readonly id: string
  /** One for each input, in their order. */
  readonly vectors: readonly (readonly number[])[]
  /** Undefined when the provider told nothing. */
  readonly usage: Usage | undefined
  /** USD as a decimal string, of all attempts; undefined: unknown, which is not zero. */
  readonly costUsd: string | undefined
  /** `provider/model` that answered. */
  readonly target: string
  readonly attempts: number
  readonly durationMs: number
}

/** Reads an answer of vectors to its end. Throws GatewayError `upstream_garbled` where one is missing. */
export const gatherVectors = async (answer: Answer, call: Call, now: () => number): Promise<EmbedAnswer> => {
  let usage: Usage | undefined
  answer.watch({
    done: (summary) => {
      usage = summary.usage
    },
  })
  const found: (Vector | undefined)[] = []
  for (let chunk = await answer.pull(); chunk !== undefined; chunk = await answer.pull())
    for (const delta of chunk.deltas) if (delta.kind === 'vector') found[delta.index] = delta.vector
  const vectors = found.filter((vector) => vector !== undefined).map(numbersOf)
  if (vectors.length !== call.request.embed?.inputs.length) {
    const message = `${answer.head.target.id} did not answer with a vector for each input.`
    throw new GatewayError('upstream_garbled', message, { outcome: 'malformed' })
  }
  const cost = costOfCall(call.account)
  return {
    id: call.id,
    vectors,
    usage,
    costUsd: cost === undefined ? undefined : usdFromNanos(cost),
    target: answer.head.target.id,
    attempts: call.account.attempts.length,
    durationMs: now() - call.started,
  }
}

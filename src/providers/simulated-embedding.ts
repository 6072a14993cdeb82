import type { Attempt } from '../core/call.ts'
import { Chunk } from '../core/chunk.ts'
import type { Embed } from '../core/embed.ts'
import { GatewayError } from '../core/errors.ts'
import { countTokens } from '../core/tokens.ts'
import { noUsage } from '../core/usage.ts'
import { openaiEmbeddings } from '../wire/openai-embeddings/index.ts'
import { simulatedFacts } from './simulated-options.ts'
import type { TimedChunk } from './simulated-source.ts'
import { usualDimensions, vectorFor } from './simulated-vectors.ts'

/** Does a simulated model of this name make vectors? */
export const makesVectors = (model: string): boolean => model.includes('embed')

/** Tokens of all inputs; one that is longer than the model reads is refused, as by a real one. */
export const inputTokensOf = async (embed: Embed, { target, line }: Attempt): Promise<number> => {
  const window = simulatedFacts(target.model).contextWindow ?? Number.POSITIVE_INFINITY
  let total = 0
  for (const input of embed.inputs) {
    const tokens = input.kind === 'tokens' ? input.tokens.length : await countTokens(input.text)
    if (tokens > window) {
      line.status = 400
      throw new GatewayError('upstream_rejected', `${target.id} reads ${window} tokens; these are ${tokens}.`, {
        outcome: 'context',
      })
    }
    total += tokens
  }
  return total
}

/** The vectors of what is asked, as one whole answer. */
export const vectorsFor = (embed: Embed, { request, target }: Attempt, input: number): TimedChunk[] => {
  const writer = openaiEmbeddings.writer('whole', request)
  writer.write({ kind: 'start', id: '', model: target.model })
  for (const [index, each] of embed.inputs.entries())
    writer.write({ kind: 'vector', index, vector: vectorFor(each, embed.dimensions ?? usualDimensions) })
  writer.write({ kind: 'usage', usage: { ...noUsage, input } })
  return [{ chunk: new Chunk(Buffer.from(writer.end()), true, openaiEmbeddings.reader('whole')), afterMs: 0 }]
}

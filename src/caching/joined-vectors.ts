import { Answer, type Head } from '../core/answer.ts'
import { Chunk } from '../core/chunk.ts'
import type { Delta } from '../core/delta.ts'
import { neutralWire } from '../core/kept-answer.ts'
import { noUsage, type Usage } from '../core/usage.ts'
import type { KeptVector } from './kept-vector.ts'

/**
 * An answer of these vectors, in order, in words of no language. Its usage tells the tokens of all inputs, wherever their
 * vectors come from, so that whoever reads it sees the same each time; what was paid stands in the account of the call.
 */
export const joined = (
  vectors: readonly KeptVector[],
  { target, headers }: Pick<Head, 'target' | 'headers'>,
): Answer => {
  const deltas: Delta[] = [
    { kind: 'start', id: '', model: vectors[0]?.model ?? '' },
    ...vectors.map(({ vector }, index): Delta => ({ kind: 'vector', index, vector })),
  ]
  const usage = usageOf(vectors)
  if (usage) deltas.push({ kind: 'usage', usage })
  let chunk: Chunk | undefined = new Chunk(noBytes, true, () => deltas)
  return new Answer(
    { wire: neutralWire, form: 'whole', target, headers },
    {
      pull: () => {
        const whole = chunk
        chunk = undefined
        return whole
      },
      cancel: () => {
        chunk = undefined
      },
    },
  )
}

const noBytes = Buffer.alloc(0)

/** Undefined as soon as one of them is unknown. */
const usageOf = (vectors: readonly KeptVector[]): Usage | undefined => {
  let input = 0
  for (const { tokens } of vectors) {
    if (tokens === undefined) return undefined
    input += tokens
  }
  return { ...noUsage, input, source: vectors.every(({ isMeasured }) => isMeasured) ? 'measured' : 'estimated' }
}

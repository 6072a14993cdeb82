import { type Alignment, align } from './align.ts'
import type { Crowd } from './crowd.ts'
import { featuresOf } from './features.ts'
import { type Objection, objectionTo } from './guard.ts'
import type { Reading } from './reading.ts'
import { oddsOfTrees } from './trees.ts'
import { bias, nameWeights, numberWeights } from './weights.ts'

/** Could these two be answered alike? */
export interface Verdict {
  /** Why not, whatever they look like. */
  readonly objection: Objection | undefined
  /** How likely it is that they mean the same, 0 to 1; 0 with an objection. */
  readonly probability: number
}

/** How near two texts are by the built-in vectors, how much nearer than the next one, and among what they lie. */
export interface Nearness {
  readonly cosine: number
  readonly margin: number
  readonly crowd: Crowd
}

/** What is to be thought of two texts: first what must be equal, then the odds of the rest. */
export const verdictOn = (one: Reading, other: Reading, nearness: Nearness): Verdict => {
  const alignment: Alignment = align(one, other)
  const objection = objectionTo(one, other, alignment)
  if (objection) return { objection, probability: 0 }
  const { numbers, names } = featuresOf({ one, other, alignment, ...nearness })
  let odds = bias
  for (let index = 0; index < numbers.length; index++) odds += (numberWeights[index] ?? 0) * (numbers[index] ?? 0)
  for (const name of names) odds += nameWeights.get(name) ?? 0
  return { objection: undefined, probability: 1 / (1 + Math.exp(-oddsOfTrees(odds, numbers))) }
}

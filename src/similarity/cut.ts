import { leastProbability } from './choose.ts'

/** How sure a question's fellow must be, scope by scope: less, where there are few of them. */
export interface Cuts {
  /** The probability from which a question of this scope is answered like another. */
  least(scope: string, maxFalseHits: number): number
  /** A question was looked for, and its best fellow is this likely to mean the same; 0: there was none. */
  saw(scope: string, probability: number): void
}

const bins = 200
/** Less likely ones are never given, and need not be remembered. */
const lowest = 0.72
/** So many questions are as good as what is usual. */
const usualCounts = 200
/** From so many on all counts are halved: what was long ago weighs little. */
const fullCounts = 20_000
/**
 * What is answered so is not kept, so it is reckoned again each time it is asked, and what is asked often is mostly right: more is
 * expected to be wrong than is found to be. Set on two streams of questions.
 */
const spent = 1.8

interface Seen {
  questions: number
  readonly counts: Float64Array
}

/** Remembers how sure fellows were lately; of the scopes that were not asked for longest it forgets. */
export const createCuts = (mostScopes = 1000): Cuts => {
  const scopes = new Map<string, Seen>()
  return {
    least: (scope, maxFalseHits) => {
      const usual = leastProbability(maxFalseHits)
      const seen = scopes.get(scope)
      if (!seen) return usual
      const known = seen.questions / (seen.questions + usualCounts)
      return known * Math.min(cutOf(seen, maxFalseHits), usual) + (1 - known) * usual
    },
    saw: (scope, probability) => {
      const seen = scopes.get(scope) ?? { questions: 0, counts: new Float64Array(bins) }
      scopes.delete(scope)
      scopes.set(scope, seen)
      if (scopes.size > mostScopes) scopes.delete(scopes.keys().next().value as string)
      seen.questions++
      const bin = Math.min(bins - 1, Math.floor(probability * bins))
      if (probability >= lowest) seen.counts[bin] = (seen.counts[bin] as number) + 1
      if (seen.questions >= fullCounts) halve(seen)
    },
  }
}

const halve = (seen: Seen): void => {
  seen.questions /= 2
  for (let bin = 0; bin < bins; bin++) seen.counts[bin] = (seen.counts[bin] as number) / 2
}

/** The lowest cut above which no more are expected to be wrong than may be. */
const cutOf = ({ questions, counts }: Seen, maxFalseHits: number): number => {
  const most = maxFalseHits * spent * questions
  let wrong = 0
  for (let bin = bins - 1; bin >= lowest * bins; bin--) {
    wrong += (counts[bin] as number) * (1 - (bin + 0.5) / bins)
    if (wrong > most) return (bin + 1) / bins
  }
  return lowest
}

import { dot } from './dot.ts'
import { embedWords } from './ngrams.ts'
import { type Reading, read } from './reading.ts'
import { verdictOn } from './verdict.ts'

/** A kept question that may mean the same. */
export interface Candidate {
  readonly key: string
  readonly text: string
}

/** The candidate that means the same best, and how likely it is. */
export interface Choice {
  readonly candidate: Candidate
  /** That it means the same, 0 to 1, less what speaks for the next one. */
  readonly probability: number
  /** The next best one, and how likely it is that this one means the same. */
  readonly rival?: { readonly candidate: Candidate; readonly probability: number } | undefined
}

/** The best of the nearest few; undefined: each of them has something against it. */
export const choose = (text: string, candidates: readonly Candidate[]): Choice | undefined => {
  const asked = read(text)
  const vector = embedWords(asked.words)
  const readings = candidates.map((candidate) => near(candidate, vector))
  const cosines = readings.map(({ cosine }) => cosine).sort((a, b) => b - a)
  const judged = readings
    .map((one) => {
      const next = one.cosine === cosines[0] ? cosines[1] : cosines[0]
      const crowd = { cosines, twin: twinOf(one, readings) }
      const nearness = { cosine: one.cosine, margin: one.cosine - (next ?? nobody), crowd }
      return { candidate: one.candidate, ...verdictOn(asked, one.reading, nearness) }
    })
    .filter(({ objection }) => objection === undefined)
    .sort((a, b) => b.probability - a.probability)
  const [best, rival] = judged
  return best && { candidate: best.candidate, probability: best.probability, rival }
}

/** How near the nearest of unrelated texts usually is. */
const nobody = 0.3

interface Near {
  readonly candidate: Candidate
  readonly reading: Reading
  readonly vector: Float32Array
  readonly cosine: number
}

const near = (candidate: Candidate, vector: Float32Array): Near => {
  const reading = read(candidate.text)
  const mine = embedWords(reading.words)
  return { candidate, reading, vector: mine, cosine: dot(vector, mine) }
}

const twinOf = (one: Near, all: readonly Near[]): number => {
  let most = 0
  for (const other of all) if (other !== one) most = Math.max(most, dot(one.vector, other.vector))
  return most
}

/** How sure it is that the best is right, when the next best has another answer: of two that fit, one is wrong. */
export const besideRival = (probability: number, rival: number): number => probability * Math.sqrt(1 - rival)

/** The probability from which a question is answered like another while little is known of a scope. */
export const leastProbability = (maxFalseHits: number): number =>
  Math.min(0.99, Math.max(0.6, 1 - usualRisk * (maxFalseHits / usualMost)))

/** Where half of all questions have a fellow, as in a well-filled memory, about 0.5 % of requests are wrong so. */
const usualRisk = 0.12
const usualMost = 0.005

import type { SemanticRules } from '../core/cache-rules.ts'
import type { Identity } from '../core/identity.ts'
import type { KeptAnswer } from '../core/kept-answer.ts'
import { decodeKept } from '../core/kept-bytes.ts'
import { type FindReader, textOfKept } from './answer-texts.ts'
import { besideRival, type Choice, choose } from './choose.ts'
import type { Cuts } from './cut.ts'
import type { Frame } from './frames.ts'
import { agreementOf } from './same-answer.ts'

/** What a store has under a key. */
export interface KeptEntry {
  readonly key: string
  readonly value: Uint8Array
  /** Unix milliseconds. */
  readonly storedAt: number
  readonly freshUntil: number
}

/** A kept answer to a question that says the same. */
export interface Found {
  readonly entry: KeptEntry
  readonly kept: KeptAnswer
  /** What it says. */
  readonly text: string
}

export interface FindOptions {
  /** Where answers are kept. */
  readonly answers: { find(key: string, scope: string): KeptEntry | undefined | Promise<KeptEntry | undefined> }
  readonly reader: FindReader
  readonly cuts: Cuts
}

/** What is looked for, and among what. */
export interface Search {
  readonly identity: Identity
  readonly rules: SemanticRules
  /** May it be given at this age? */
  isFresh(entry: KeptEntry): boolean
  readonly frame: Frame
  readonly text: string
  readonly vector: Float32Array
  readonly floor: number
}

/** The nearest so many are looked at closely. */
const mostCandidates = 6
/** What was kept and is gone by now is passed over so often. */
const mostTries = 3
/** A rival that is less likely than this takes nothing away. */
const leastRival = 0.05

/** The kept answer that this question can be answered with; undefined: there is none that is sure enough. */
export const findSimilar = async (search: Search, options: FindOptions): Promise<Found | undefined> => {
  const { frame, vector, text, floor, identity, rules } = search
  const { cuts } = options
  const least = cuts.least(identity.scope, rules.maxFalseHits)
  for (let tries = 0; tries < mostTries; tries++) {
    const near = frame
      .search(vector, mostCandidates, floor)
      // The question itself: its answer was there and may not be given, else it would have been.
      .filter(({ key }) => key !== identity.key)
    const choice = choose(text, near)
    if (!choice || choice.probability < least) {
      cuts.saw(identity.scope, choice?.probability ?? 0)
      return undefined
    }
    const found = await open(choice.candidate.key, search, options)
    if (found === 'gone') {
      frame.remove(choice.candidate.key)
      continue
    }
    const rival = found ? await rivalOf(choice, found, { search, options }) : 0
    const probability = besideRival(choice.probability, rival)
    cuts.saw(identity.scope, probability)
    return probability < least ? undefined : found
  }
  return undefined
}

/** How likely it is that the next best question is meant, where it has another answer. */
const rivalOf = async (
  { rival }: Choice,
  found: Found,
  { search, options }: { readonly search: Search; readonly options: FindOptions },
): Promise<number> => {
  if (!rival || rival.probability < leastRival) return 0
  const other = await open(rival.candidate.key, search, options)
  if (other === 'gone' || !other) return 0
  return agreementOf(found.text, other.text) === 'different' ? rival.probability : 0
}

const open = async (key: string, search: Search, options: FindOptions): Promise<Found | 'gone' | undefined> => {
  const entry = await options.answers.find(key, search.identity.scope)
  if (entry === undefined) return 'gone'
  if (!search.isFresh(entry)) return undefined
  const kept = decodeKept(entry.value)
  if (kept === undefined) return 'gone'
  const text = await textOfKept(kept, options.reader)
  return text === undefined ? undefined : { entry, kept, text }
}

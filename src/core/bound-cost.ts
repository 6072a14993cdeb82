import { isTierKnown, type Nanos, worstCostOf } from './money.ts'
import { type MostTokens, mostTokensOf } from './most-tokens.ts'
import type { Request } from './request.ts'
import type { Target } from './target.ts'
import type { Usage } from './usage.ts'

/** The most one attempt can cost, by how much it may generate. */
export interface CostBound {
  /** The most tokens it can be charged for before its answer. */
  readonly tokensIn: number
  /** Nano-dollars at most, when no choice generates more than so many tokens. */
  cost(maxOutput: number): Nanos
  /** The most tokens for each choice, up to `wish`, that cost no more than this; undefined: not even none. */
  outputWithin(nanos: Nanos, wish: number): number | undefined
}

/** Why nothing bounds what an attempt costs, in words that follow "because". */
export interface NoBound {
  readonly reason: string
}

/**
 * The most that an attempt at a target can cost: everything that is sent counted as if each byte were a token, images,
 * sound and documents by what they can count for at most, at the dearest rates that can apply. Takes microseconds.
 */
export const boundOf = (request: Request, target: Target): CostBound | NoBound => {
  if (request.raw) return { reason: 'nothing is known of what a request asks for that is passed on unread' }
  const price = target.facts?.price
  if (!price) return { reason: `the price of ${target.id} is not known` }
  const most = mostTokensOf(request, target)
  if (most.unbounded !== undefined) return { reason: `nothing bounds the cost of ${most.unbounded}` }
  const tier = tierOf(request)
  if (tier !== 'flex' && !isTierKnown(tier, price))
    return { reason: `the price of the service tier ${tier} is not known` }
  const choices = choicesOf(request, target)
  const cost = (maxOutput: number): Nanos =>
    worstCostOf(usageOf(most, choices * (maxOutput + most.outputBeside), tier), price)
  return { tokensIn: most.input + most.sound, cost, outputWithin: (nanos, wish) => search(cost, nanos, wish) }
}

export const isBounded = (bound: CostBound | NoBound): bound is CostBound => !('reason' in bound)

/** Anthropic's fast mode is asked for by a field of its own, and charged like a tier. */
const tierOf = ({ body, chat }: Request): string | undefined =>
  typeof body?.speed === 'string' && body.speed !== 'standard' ? body.speed : chat.serviceTier

/** Vectors are no words: nothing is generated for them. */
const choicesOf = ({ chat, embed }: Request, { quirks }: Target): number => {
  if (embed) return 0
  const added = quirks.adds?.n
  return Math.max(1, chat.choices ?? 1, typeof added === 'number' ? added : 1)
}

const usageOf = (most: MostTokens, output: number, serviceTier: string | undefined): Usage => ({
  input: most.keepsLong ? 0 : most.input,
  cacheRead: 0,
  cacheWriteShort: 0,
  cacheWriteLong: most.keepsLong ? most.input : 0,
  audioInput: most.sound,
  output: most.speaks ? 0 : output,
  reasoning: 0,
  audioOutput: most.speaks ? output : 0,
  source: 'measured',
  serviceTier,
})

/** Halves the stretch until it is a point: rates differ by size, so there is no formula to turn around. */
const search = (cost: CostBound['cost'], nanos: Nanos, wish: number): number | undefined => {
  if (cost(wish) <= nanos) return wish
  if (cost(0) > nanos) return undefined
  let fits = 0
  let tooMuch = wish
  while (tooMuch - fits > 1) {
    const middle = Math.floor((fits + tooMuch) / 2)
    if (cost(middle) <= nanos) fits = middle
    else tooMuch = middle
  }
  return fits
}

import { costOf, isTierKnown, type Nanos } from './money.ts'
import type { Target } from './target.ts'
import type { Usage } from './usage.ts'

/** What an attempt comes to. */
export interface Bill {
  /** Undefined: nothing is known of the price. */
  readonly nanos: Nanos | undefined
  /**
   * stated: by the provider itself; listed: by a price; assumed: by a price that does not know the tier that answered,
   * so the dearest was taken.
   */
  readonly basis: 'stated' | 'listed' | 'assumed'
}

/**
 * The bill for a usage at a target. What a provider that is known to tell (`quirks.statesCost`) says it charged goes
 * before every price. Where the provider names no service tier, the one that was asked for counts.
 */
export const billOf = (usage: Usage, target: Pick<Target, 'facts' | 'quirks'>, askedTier?: string): Bill => {
  if (usage.statedNanos !== undefined && target.quirks.statesCost === true)
    return { nanos: BigInt(usage.statedNanos), basis: 'stated' }
  const price = target.facts?.price
  if (price === undefined) return { nanos: undefined, basis: 'listed' }
  const serviceTier = usage.serviceTier ?? askedTier
  const billed = serviceTier === usage.serviceTier ? usage : { ...usage, serviceTier }
  // Searches that no price is known for make the whole unknown: tokens alone would look like all of it.
  const nanos = usage.searches && price.perSearch === undefined ? undefined : costOf(billed, price)
  return { nanos, basis: isTierKnown(serviceTier, price) ? 'listed' : 'assumed' }
}

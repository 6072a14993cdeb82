import type { Price } from '../core/money.ts'
import type { ModelFacts } from '../core/target.ts'
import { dearer } from '../providers/listed-price.ts'
import { anyOther, type PriceRule, type PriceRules, priceBy } from './price-rule.ts'

const dayMs = 86_400_000

/** The last rule of a name that holds at a moment. */
const ruleAt = (rules: readonly PriceRule[] | undefined, at: number): PriceRule | undefined =>
  rules?.findLast(({ from, until }) => (from === undefined || at >= from) && (until === undefined || at < until))

/** Which rules a target has, the nearest first. */
interface Applicable {
  readonly nearest: readonly (readonly PriceRule[] | undefined)[]
  readonly others: readonly PriceRule[] | undefined
}

const priceAt = ({ nearest, others }: Applicable, known: Price | undefined, at: number): Price | undefined => {
  let price = known
  for (const rules of nearest) {
    const rule = ruleAt(rules, at)
    if (!rule) continue
    price = priceBy(rule, known)
    break
  }
  const ceiling = price === undefined ? ruleAt(others, at) : undefined
  return ceiling ? priceBy(ceiling, undefined) : price
}

const changesAfter = ({ nearest, others }: Applicable, at: number): number[] =>
  [...nearest, others]
    .flatMap((rules) => rules ?? [])
    .flatMap(({ from, until }) => [from, until])
    .filter((moment) => moment !== undefined && moment > at && moment <= at + dayMs) as number[]

/** What is known of a model, with the price that a configuration gives it at a moment (Unix milliseconds). */
export const factsWithPrice = (
  facts: ModelFacts | undefined,
  rules: PriceRules,
  { provider, model, at }: { readonly provider: string; readonly model: string; readonly at: number },
): ModelFacts | undefined => {
  if (rules.size === 0) return facts
  const applicable = {
    nearest: [rules.get(`${provider}/${model}`), rules.get(`${provider}/*`)],
    others: rules.get(anyOther),
  }
  const changes = changesAfter(applicable, at)
  const price = priceAt(applicable, facts?.price, at)
  if (price === undefined && changes.length === 0) return facts
  const bound = [at, ...changes]
    .map((moment) => priceAt(applicable, facts?.bound ?? facts?.price, moment))
    .reduce((one, other) => (one && other ? dearer(one, other) : (one ?? other)))
  const validUntil = Math.min(facts?.validUntil ?? Number.POSITIVE_INFINITY, ...changes, at + dayMs)
  return { lacks: [], ...facts, price, bound, validUntil }
}

import { afterwards, type Ending } from '../core/afterwards.ts'
import type { Bound, Match } from '../core/allowance.ts'
import type { Answer } from '../core/answer.ts'
import { boundOf, type CostBound, isBounded } from '../core/bound-cost.ts'
import type { Attempt } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import { asGatewayError, GatewayError } from '../core/errors.ts'
import type { Handler, Stage } from '../core/handler.ts'
import { isObject } from '../core/json.ts'
import type { Nanos } from '../core/money.ts'
import { paysItself } from '../core/provider-key.ts'
import { capped, type Request } from '../core/request.ts'
import { sortedBounds } from '../core/sorted-bounds.ts'
import type { Target } from '../core/target.ts'
import { estimateInput } from '../core/tokens.ts'
import { noUsage, type Usage } from '../core/usage.ts'
import type { Ask, Hold, Ledger } from '../ledger/ledger.ts'

export interface BudgetOptions {
  readonly ledger: Ledger
  /** Read anew for each attempt: administrators change allowances. */
  match(): Match
  readonly clock: Clock
}

/** The most tokens that each choice of an answer may have, where money sets no limit. */
export const mostOutput = ({ chat }: Request, { facts }: Target): number =>
  chat.maxOutput ?? facts?.maxOutput ?? usualOutput

/** What is allowed where the caller names no limit and the model's own is not known. */
const usualOutput = 4_096
/** A shorter answer than this helps nobody. */
const leastOutput = 16
/** Models that think answer nothing before they have; Anthropic's think at least 1,024 tokens. */
const leastWithThinking = 1_025

/**
 * Sets aside the most an attempt can cost before it is sent, from every budget that binds it, and settles what it did
 * cost. Where there is too little its output is shortened, or it is refused, or left to a cheaper target, as the budget
 * says. An attempt whose cost nothing bounds is not sent on a hard budget. What a caller pays for itself is not charged.
 */
export const budget =
  (options: BudgetOptions): Stage<Attempt> =>
  (next) =>
  (attempt) => {
    const { request, caller, target } = attempt
    if (request.operation === 'count_tokens' || paysItself(attempt)) return next(attempt)
    const { hard, soft } = sortedBounds(options.match()(caller, request.model, target.provider))
    const coming = hard.length === 0 ? next(attempt) : within(options, { attempt, hard }, next)
    if (soft.length === 0) return coming
    return afterwards(coming, () => {
      const { costNanos } = attempt.line
      if (costNanos) for (const bound of soft) options.ledger.charge(bound, costNanos)
    })
  }

/** An attempt with what is to be set aside for it. */
interface Case {
  readonly attempt: Attempt
  readonly cost: CostBound
  /** The most tokens for each choice, if the money suffices, and what they cost with all the rest. */
  readonly wish: number
  readonly all: Nanos
  readonly asks: readonly Ask[]
}

/** An attempt that these budgets bind. */
interface Bounded {
  readonly attempt: Attempt
  readonly hard: readonly Bound[]
}

const within = (
  { ledger, clock }: BudgetOptions,
  { attempt, hard }: Bounded,
  next: Handler<Attempt>,
): Promise<Answer> => {
  const turnAway = (thrown: unknown): Promise<Answer> =>
    Promise.reject(refused(attempt, onwards(asGatewayError(thrown), hard), clock.now()))
  let given: Case
  let holding: Hold | Promise<Hold>
  try {
    given = caseOf(attempt, hard)
    holding = ledger.hold(given.asks, attempt.signal, attempt.account.aside)
  } catch (thrown) {
    return turnAway(thrown)
  }
  return holding instanceof Promise
    ? holding.then((hold) => spend(given, hold, next), turnAway)
    : spend(given, holding, next)
}

const caseOf = (attempt: Attempt, hard: readonly Bound[]): Case => {
  const { request, target } = attempt
  const cost = boundOf(request, target)
  if (!isBounded(cost)) {
    const message = `${target.id} cannot be asked on a budget, because ${cost.reason}.`
    throw new GatewayError('price_unknown', message, { outcome: 'incapable', facts: { target: target.id } })
  }
  const { reasoning } = request.chat
  const wish = mostOutput(request, target)
  const thinks = reasoning !== undefined && reasoning.mode !== 'off' && reasoning.effort !== 'none'
  const all = cost.cost(wish)
  const least = cost.cost(Math.min(wish, thinks ? leastWithThinking : leastOutput))
  const asks = hard.map(({ allowance, subject }) => ({
    allowance,
    subject,
    // A budget that is used up is closed, also to what costs nothing; one that looks for what is cheaper is not.
    least: atLeast(allowance.onShort === 'clamp' ? least : all, allowance.onLimit === 'refuse' ? 1n : 0n),
    wish: atLeast(all, allowance.onLimit === 'refuse' ? 1n : 0n),
  }))
  return { attempt, cost, wish, all, asks }
}

const atLeast = (nanos: Nanos, least: Nanos): Nanos => (nanos < least ? least : nanos)

/** Sends the attempt with no more output than its hold covers. */
const spend = ({ attempt, cost, wish, all, asks }: Case, hold: Hold, next: Handler<Attempt>): Promise<Answer> => {
  const { request, line } = attempt
  let granted = hold.granted[0] ?? 0n
  for (const each of hold.granted) if (each < granted) granted = each
  const maxOutput = granted >= all ? wish : (cost.outputWithin(granted, wish) ?? 0)
  const held = granted >= all ? all : cost.cost(maxOutput)
  line.heldNanos = held
  if (maxOutput < wish) attempt.notes.shortened = true
  // What the configuration adds may hold a limit of its own, so there the cap is always said.
  const asIs = maxOutput === request.chat.maxOutput && attempt.target.quirks.adds === undefined
  const sent = asIs ? attempt : { ...attempt, request: capped(request, maxOutput) }
  let coming: Promise<Answer>
  try {
    coming = next(sent)
  } catch (thrown) {
    coming = Promise.reject(thrown)
  }
  return afterwards(coming, (ending) => {
    const used = settled(attempt, ending, held)
    hold.settle(asks.map(() => used))
  })
}

/** What is booked: the cost where the provider measured it, an estimate no higher than the hold, or else the hold. */
const settled = ({ line, request }: Attempt, { summary }: Ending, held: Nanos): Nanos => {
  if (line.costNanos === undefined) {
    line.usage ??= guess(request, summary)
    line.costNanos = held
  } else if (line.costNanos > held && line.usage?.source !== 'measured') line.costNanos = held
  return line.costNanos
}

const bytesPerToken = 4

/** Sizes in place of figures that were not told, or cannot be true. */
const guess = (request: Request, summary: Ending['summary']): Usage => ({
  ...noUsage,
  input: estimateInput(request),
  output: request.embed ? 0 : Math.max(summary?.chunks ?? 0, Math.ceil((summary?.bytes ?? 0) / bytesPerToken)),
  source: 'estimated',
})

/** A budget that looks for something cheaper leaves the attempt to the next target. */
const onwards = (error: GatewayError, hard: readonly Bound[]): GatewayError => {
  if (error.code !== 'budget_exhausted') return error
  const limit = error.details.facts?.limit
  const short = hard.filter(({ allowance }) => isObject(limit) && allowance.id === limit.id)
  const goesOn = (short.length > 0 ? short : hard).every(({ allowance }) => allowance.onLimit === 'cheaper')
  return goesOn ? error.with({ outcome: 'incapable' }) : error
}

/** Closes the line of an attempt that was not sent. */
const refused = ({ line, notes, target }: Attempt, error: GatewayError, now: number): GatewayError => {
  line.ended = now
  line.outcome = error.details.outcome ?? 'incapable'
  line.error = error.code
  line.usage = noUsage
  line.costNanos = 0n
  line.sent = false
  notes.skipped ??= []
  notes.skipped.push({ target: target.id, reason: error.code })
  return error
}

import { incapable } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ReasoningRequest, Request } from '../../core/request.ts'
import type { Target } from '../../core/target.ts'
import type { Abilities } from '../claude-abilities.ts'
import { wireName } from './name.ts'

/** What is sent about thinking, and about the most tokens, which count thinking too. */
export interface ThinkingPlan {
  readonly thinking: JsonObject | undefined
  readonly effort: string | undefined
  readonly maxTokens: number
}

const leastBudget = 1024
const usualOutput = 4096

/** Tokens to think where a model knows no effort; what is larger than its output is made smaller. */
const budgets = { minimal: 1024, low: 2048, medium: 8192, high: 16_384, xhigh: 32_768, max: 32_768 } as const

const outputFor = ({ chat }: Request, { facts }: Target, budget: number): number => {
  const most = facts?.maxOutput
  if (chat.maxOutput === undefined) return most ?? usualOutput + budget
  return most === undefined ? chat.maxOutput : Math.min(chat.maxOutput, most)
}

const fittingBudget = (wish: number, maxTokens: number): number => {
  if (wish < maxTokens) return Math.max(wish, leastBudget)
  if (maxTokens <= leastBudget) throw incapable(`thinking within ${maxTokens} tokens`, wireName)
  return Math.max(leastBudget, Math.floor(maxTokens / 2))
}

/** A wish to think that leaves room for an answer of so many tokens, thinking included. Throws `incapable` where none is left. */
export const thinkWithin = (thinking: JsonObject, maxTokens: number): JsonObject => {
  const { budget_tokens: budget } = thinking
  return typeof budget === 'number' && budget >= maxTokens
    ? { ...thinking, budget_tokens: fittingBudget(budget, maxTokens) }
    : thinking
}

type Effort = NonNullable<ReasoningRequest['effort']>

/** The nearest effort the model knows that is not above the one asked for. */
const effortWord = (effort: Effort | undefined, abilities: Abilities): string | undefined => {
  if (effort === undefined || effort === 'none' || !abilities.effort) return undefined
  if (effort === 'minimal') return 'low'
  if (effort === 'xhigh' && !abilities.xhigh) return 'high'
  return effort === 'max' && abilities.thinking === 'budget' ? 'high' : effort
}

/** How much trouble a budget stands for, at models that take none. */
const effortOfBudget = (budget: number | undefined): Effort | undefined =>
  budget === undefined ? undefined : budget <= budgets.low ? 'low' : budget <= budgets.medium ? 'medium' : 'high'

const display = (show: boolean | undefined): JsonObject =>
  show === undefined ? {} : { display: show ? 'summarized' : 'omitted' }

interface Asked {
  readonly request: Request
  readonly target: Target
  readonly abilities: Abilities
}

const byBudget = ({ request, target, abilities }: Asked, wish: ReasoningRequest): ThinkingPlan => {
  const effort = wish.effort === undefined || wish.effort === 'none' ? 'medium' : wish.effort
  const tokens = wish.budget ?? budgets[effort]
  const maxTokens = outputFor(request, target, Math.max(tokens, leastBudget))
  return {
    thinking: { type: 'enabled', budget_tokens: fittingBudget(tokens, maxTokens), ...display(wish.show) },
    effort: effortWord(wish.effort, abilities),
    maxTokens,
  }
}

const quiet = ({ request, target, abilities }: Asked, wish: ReasoningRequest): ThinkingPlan => {
  const maxTokens = outputFor(request, target, 0)
  if (target.quirks.reasoningRequest === 'none') return { thinking: undefined, effort: undefined, maxTokens }
  if (!abilities.quiet) throw incapable('an answer without thinking', wireName)
  return { thinking: { type: 'disabled' }, effort: effortWord(wish.effort, abilities), maxTokens }
}

/** Anthropic's own callers may ask for an effort alone, and say nothing of thinking. */
const effortAlone = (asked: Asked, { effort }: ReasoningRequest): ThinkingPlan => {
  if (effort !== undefined && !asked.abilities.effort) throw incapable('output_config.effort', wireName)
  return {
    thinking: undefined,
    effort: effortWord(effort, asked.abilities),
    maxTokens: outputFor(asked.request, asked.target, 0),
  }
}

/** How a request's wish to think is put to this model. Effort maps to `output_config.effort` with adaptive thinking. */
export const planThinking = (asked: Asked): ThinkingPlan => {
  const { request, target, abilities } = asked
  const wish = request.chat.reasoning
  if (!wish) return effortAlone(asked, {})
  if (wish.mode === 'off' || wish.effort === 'none') return quiet(asked, wish)
  if (target.quirks.reasoningRequest === 'none') throw incapable('reasoning_effort', wireName)
  if (wish.mode === undefined && request.wire === wireName) return effortAlone(asked, wish)
  const budgeted = abilities.thinking === 'budget' || (wish.budget !== undefined && abilities.thinking === 'both')
  if (budgeted) return byBudget(asked, wish)
  return {
    thinking: { type: 'adaptive', ...display(wish.show) },
    effort: effortWord(wish.effort ?? effortOfBudget(wish.budget), abilities),
    maxTokens: outputFor(request, target, 0),
  }
}

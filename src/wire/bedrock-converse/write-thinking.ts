import { incapable } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ReasoningRequest, Request } from '../../core/request.ts'
import type { Target } from '../../core/target.ts'
import type { Abilities } from '../claude-abilities.ts'
import { type Family, familyOf } from './families.ts'
import { wireName } from './name.ts'

/** What is sent about thinking: fields of the model's own, and the effort that all models have a word for. */
export interface ThinkingPlan {
  readonly fields: JsonObject
  readonly effort: string | undefined
  readonly maxTokens: number | undefined
}

interface Asked {
  readonly request: Request
  readonly target: Target
  readonly abilities: Abilities
}

type Effort = NonNullable<ReasoningRequest['effort']>

const leastBudget = 1024
/** Tokens to think where a model takes a budget and an effort is asked. */
const budgets = { minimal: 1024, low: 2048, medium: 8192, high: 16_384, xhigh: 32_768, max: 32_768 } as const

const effortOfBudget = (budget: number | undefined): Effort | undefined =>
  budget === undefined ? undefined : budget <= budgets.low ? 'low' : budget <= budgets.medium ? 'medium' : 'high'

/** A budget that leaves room for an answer, within the most tokens of both. */
const fittingBudget = (wish: number, maxTokens: number | undefined): number => {
  if (maxTokens === undefined || wish < maxTokens) return Math.max(wish, leastBudget)
  if (maxTokens <= leastBudget) throw incapable(`thinking within ${maxTokens} tokens`, wireName)
  return Math.max(leastBudget, Math.floor(maxTokens / 2))
}

/** Claude's wish to think, so that it leaves room for an answer of so many tokens, thinking included. */
export const thinkWithin = (thinking: JsonObject, maxTokens: number): JsonObject => {
  const { budget_tokens: budget } = thinking
  return typeof budget === 'number' && budget >= maxTokens
    ? { ...thinking, budget_tokens: fittingBudget(budget, maxTokens) }
    : thinking
}

/** The nearest effort that Claude knows and that is not above the one asked for. */
const claudeEffort = (effort: Effort | undefined, abilities: Abilities): string | undefined => {
  if (effort === undefined || effort === 'none' || !abilities.effort) return undefined
  if (effort === 'minimal') return 'low'
  if (effort === 'xhigh' && !abilities.xhigh) return 'high'
  return effort === 'max' && abilities.thinking === 'budget' ? 'high' : effort
}

const display = (show: boolean | undefined): JsonObject =>
  show === undefined ? {} : { display: show ? 'summarized' : 'omitted' }

const isOff = ({ mode, effort }: ReasoningRequest): boolean => mode === 'off' || effort === 'none'

type Planner = (wish: ReasoningRequest, asked: Asked) => Pick<ThinkingPlan, 'fields' | 'effort'>

const claude: Planner = (wish, { request, abilities }) => {
  const effort = claudeEffort(wish.effort, abilities)
  if (isOff(wish)) {
    if (!abilities.quiet) throw incapable('an answer without thinking', wireName)
    return { fields: { thinking: { type: 'disabled' } }, effort }
  }
  if (wish.mode === undefined && request.wire === wireName) {
    if (!abilities.effort) throw incapable('outputConfig.effort', wireName)
    return { fields: {}, effort }
  }
  if (abilities.thinking !== 'budget' && (wish.budget === undefined || abilities.thinking === 'adaptive')) {
    const adaptive = claudeEffort(wish.effort ?? effortOfBudget(wish.budget), abilities)
    return { fields: { thinking: { type: 'adaptive', ...display(wish.show) } }, effort: adaptive }
  }
  const usual = wish.effort === undefined || wish.effort === 'none' ? 'medium' : wish.effort
  const budget = fittingBudget(wish.budget ?? budgets[usual], request.chat.maxOutput)
  return { fields: { thinking: { type: 'enabled', budget_tokens: budget, ...display(wish.show) } }, effort }
}

/** The three efforts that models of other makers know. */
const roughEffort = ({ effort, budget }: ReasoningRequest): 'low' | 'medium' | 'high' => {
  const wish = effort ?? effortOfBudget(budget) ?? 'medium'
  if (wish === 'minimal' || wish === 'low') return 'low'
  return wish === 'medium' || wish === 'none' ? 'medium' : 'high'
}

const nova: Planner = (wish) => {
  const reasoningConfig = isOff(wish)
    ? { type: 'disabled' }
    : { type: 'enabled', maxReasoningEffort: roughEffort(wish) }
  return { fields: { reasoningConfig }, effort: undefined }
}

const openai: Planner = (wish) => {
  if (isOff(wish)) throw incapable('an answer without thinking', wireName)
  return { fields: { reasoning_effort: roughEffort(wish) }, effort: undefined }
}

const plain: Planner = (wish) => {
  if (isOff(wish)) return { fields: {}, effort: undefined }
  throw incapable('reasoning_effort', wireName)
}

const planners: Readonly<Record<Family, Planner>> = { claude, nova, openai, plain, unknown: claude }

/** How a request's wish to think is put to this model. */
export const planThinking = (asked: Asked): ThinkingPlan => {
  const { request, target } = asked
  const { reasoning: wish, maxOutput } = request.chat
  const most = target.facts?.maxOutput
  const maxTokens = maxOutput === undefined || most === undefined ? maxOutput : Math.min(maxOutput, most)
  if (!wish) return { fields: {}, effort: undefined, maxTokens }
  const planner = target.quirks.reasoningRequest === 'none' ? plain : planners[familyOf(target)]
  return { ...planner(wish, asked), maxTokens }
}

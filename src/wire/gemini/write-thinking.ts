import { incapable } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ReasoningRequest, Request } from '../../core/request.ts'
import type { Target } from '../../core/target.ts'
import { type Family, familyOf } from './model-family.ts'
import { wireName } from './name.ts'

type Effort = Exclude<NonNullable<ReasoningRequest['effort']>, 'none'>

/** Tokens that stand for an effort, as Google's own OpenAI-compatible door translates it. */
const budgets: Readonly<Record<Effort, number>> = {
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 24_576,
  max: 24_576,
}

/** The nearest level that is not above the one asked for; only where nothing is known of the model it may be the highest. */
const levelOf = (effort: Effort, { thinking }: Family): string => {
  if (effort === 'max') return thinking === 'either' ? 'XHIGH' : 'HIGH'
  return effort === 'xhigh' && thinking === 'level' ? 'HIGH' : effort.toUpperCase()
}

/** How much trouble a budget stands for, at models that are asked by levels. */
const levelOfBudget = (budget: number): string => (budget <= 2048 ? 'LOW' : budget <= 8192 ? 'MEDIUM' : 'HIGH')

/** Other languages take budgets that no Gemini takes; its own callers know what they ask for. */
const writeBudget = (budget: number, family: Family, isOwn: boolean): JsonObject => {
  if (isOwn) return { thinkingBudget: budget }
  if (family.thinking === 'level') return { thinkingLevel: levelOfBudget(budget) }
  const [least, most] = family.budget
  return { thinkingBudget: Math.min(most, Math.max(least, budget)) }
}

const howMuch = ({ mode, effort, budget }: ReasoningRequest, family: Family, isOwn: boolean): JsonObject => {
  if (budget !== undefined) return writeBudget(budget, family, isOwn)
  if (effort !== undefined && effort !== 'none')
    return family.thinking === 'budget'
      ? { thinkingBudget: budgets[effort] }
      : { thinkingLevel: levelOf(effort, family) }
  // Models with levels decide by themselves, unless they are told.
  return mode !== undefined && family.thinking !== 'level' ? { thinkingBudget: -1 } : {}
}

/** `thinkingConfig`; undefined where the model is to do as it likes. */
export const writeThinking = (request: Request, { model, quirks }: Target): JsonObject | undefined => {
  const wish = request.chat.reasoning
  if (!wish) return undefined
  const isOff = wish.mode === 'off' || wish.effort === 'none'
  if (quirks.reasoningRequest === 'none') {
    if (isOff) return undefined
    throw incapable('reasoning_effort', wireName)
  }
  const family = familyOf(model)
  if (isOff) {
    if (!family.quiet) throw incapable('an answer without thinking', wireName)
    return { thinkingBudget: 0, includeThoughts: wish.show }
  }
  // Where thinking is switched on in other languages, it is shown unless they say otherwise.
  const isOwn = request.wire === wireName
  const shown = !isOwn && wish.mode !== undefined ? true : undefined
  return { ...howMuch(wish, family, isOwn), includeThoughts: wish.show ?? shown }
}

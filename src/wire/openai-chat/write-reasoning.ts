import { incapable } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { ReasoningRequest } from '../../core/request.ts'
import type { Quirks, Target } from '../../core/target.ts'

type Fields = Record<string, JsonValue>
type Style = NonNullable<Quirks['reasoningRequest']>

/** The language has words for effort only; a budget is told as the effort that usually spends about as much. */
const effortForBudget = (budget: number): NonNullable<ReasoningRequest['effort']> =>
  budget <= 2_048 ? 'low' : budget <= 8_192 ? 'medium' : 'high'

const writeEffort = ({ mode, effort, budget }: ReasoningRequest, target: Target): Fields => {
  if (effort) return { reasoning_effort: effort }
  // A model that cannot think refuses the field itself, and not thinking is what was asked.
  if (mode === 'off') return target.facts?.lacks.includes('reasoning') ? {} : { reasoning_effort: 'none' }
  return budget === undefined ? {} : { reasoning_effort: effortForBudget(budget) }
}

const writeObject = ({ mode, effort, budget, show }: ReasoningRequest): Fields => {
  const reasoning: Record<string, JsonValue> = {}
  if (effort) reasoning.effort = effort
  if (budget !== undefined && !effort) reasoning.max_tokens = budget
  if (mode === 'on' || mode === 'off') reasoning.enabled = mode === 'on'
  if (show !== undefined) reasoning.exclude = !show
  return Object.keys(reasoning).length > 0 ? { reasoning } : {}
}

const writeThinking = ({ mode, effort, budget }: ReasoningRequest): Fields => {
  if (mode === 'off' || effort === 'none') return { thinking: { type: 'disabled' } }
  const wanted = effort ?? (budget === undefined ? undefined : effortForBudget(budget))
  const fields: Fields = {}
  if (mode === 'on' || wanted !== undefined) fields.thinking = { type: 'enabled' }
  if (wanted !== undefined) fields.reasoning_effort = wanted
  return fields
}

const writeNothing = ({ mode, effort, budget }: ReasoningRequest, target: Target): Fields => {
  const asksToThink = budget !== undefined || mode === 'on' || (effort !== undefined && effort !== 'none')
  if (asksToThink && mode !== 'off') throw incapable('reasoning_effort', target.id)
  return {}
}

const writers: Record<Style, (reasoning: ReasoningRequest, target: Target) => Fields> = {
  effort: writeEffort,
  object: writeObject,
  thinking: writeThinking,
  none: writeNothing,
}

/**
 * The fields that ask a target for thinking, in the way it is asked. Whether it is shown, it decides by itself where no
 * field says so.
 */
export const writeReasoning = (reasoning: ReasoningRequest | undefined, target: Target): Fields =>
  reasoning ? writers[target.quirks.reasoningRequest ?? 'effort'](reasoning, target) : {}

const ownFields: Record<Style, readonly string[]> = {
  effort: ['reasoning_effort'],
  object: ['reasoning'],
  thinking: ['thinking', 'reasoning_effort'],
  none: [],
}

/** Does a body ask for thinking in a way that is not the target's? */
export const asksOtherwise = (body: JsonObject, target: Target): boolean => {
  const style = target.quirks.reasoningRequest ?? 'effort'
  const own = ownFields[style]
  return (
    (style === 'thinking' && body.reasoning_effort === 'none') ||
    (isSaid(body.reasoning_effort) && !own.includes('reasoning_effort')) ||
    (isSaid(body.reasoning) && !own.includes('reasoning')) ||
    (isSaid(body.thinking) && !own.includes('thinking'))
  )
}

const isSaid = (value: JsonValue | undefined): boolean => value !== undefined && value !== null

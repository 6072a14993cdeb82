import type { IncomingMessage } from 'node:http'
import type { Caller } from '../core/call.ts'
import { GatewayError } from '../core/errors.ts'
import type { Plan } from '../routing/plan.ts'

/** What a page says. */
export interface Page {
  readonly status: number
  readonly type: string
  readonly body: string
}

const json = (value: unknown, status = 200): Page => ({
  status,
  type: 'application/json',
  body: JSON.stringify(value),
})

interface Listed {
  readonly name: string
  readonly provider: string
}

/** When a model was made is not known here; both dialects want a date, so they get the beginning of time. */
const openaiModel = ({ name, provider }: Listed) => ({ id: name, object: 'model', created: 0, owned_by: provider })

const anthropicModel = ({ name }: Listed) => ({
  type: 'model',
  id: name,
  display_name: name,
  created_at: '1970-01-01T00:00:00Z',
})

const open = (plan: Plan, caller: Caller): readonly Listed[] =>
  caller.models === undefined ? plan.names : plan.names.filter(({ name }) => caller.models?.includes(name))

/** The models a caller may use, in the dialect it speaks. */
export const modelsPage = (plan: Plan, caller: Caller, headers: IncomingMessage['headers']): Page => {
  const models = open(plan, caller)
  if (headers['anthropic-version'] === undefined) return json({ object: 'list', data: models.map(openaiModel) })
  return json({
    data: models.map(anthropicModel),
    has_more: false,
    first_id: models[0]?.name ?? null,
    last_id: models.at(-1)?.name ?? null,
  })
}

/** One model, listed or reachable as `provider/model`. Throws `unknown_model`. */
export const modelPage = (plan: Plan, caller: Caller, name: string, headers: IncomingMessage['headers']): Page => {
  const route = plan.find(name)
  if (!route || (caller.models && !caller.models.includes(route.name))) {
    throw new GatewayError(
      'unknown_model',
      `The model ${JSON.stringify(name)} does not exist or is not open to this key.`,
    )
  }
  const listed = { name: route.name, provider: route.targets[0]?.provider ?? 'tollgate' }
  return json(headers['anthropic-version'] === undefined ? openaiModel(listed) : anthropicModel(listed))
}

export const healthPage = (): Page => json({ status: 'ok' })

export const readyPage = (draining: boolean): Page =>
  draining ? json({ status: 'draining' }, 503) : json({ status: 'ready' })

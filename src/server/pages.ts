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

/** What every model can be asked for here. */
const methods = ['generateContent', 'countTokens', 'streamGenerateContent']

const googleModel = ({ name }: Listed) => ({
  name: `models/${name}`,
  baseModelId: name,
  version: '1',
  displayName: name,
  supportedGenerationMethods: methods,
})

/** Whose format a list of models has. */
export type Dialect = 'openai' | 'anthropic' | 'google'

/** The format that a client reads, by the path it asks at and by what its kind sends. */
export const dialectOf = (path: string, headers: IncomingMessage['headers']): Dialect => {
  if (path.startsWith('/v1beta/') || headers['x-goog-api-key'] !== undefined) return 'google'
  return headers['anthropic-version'] === undefined ? 'openai' : 'anthropic'
}

const writers: Readonly<Record<Dialect, (model: Listed) => object>> = {
  openai: openaiModel,
  anthropic: anthropicModel,
  google: googleModel,
}

const open = (plan: Plan, caller: Caller): readonly Listed[] =>
  caller.models === undefined ? plan.names : plan.names.filter(({ name }) => caller.models?.includes(name))

/** The models a caller may use. */
export const modelsPage = (plan: Plan, caller: Caller, dialect: Dialect): Page => {
  const models = open(plan, caller)
  const listed = models.map(writers[dialect])
  if (dialect === 'google') return json({ models: listed })
  if (dialect === 'openai') return json({ object: 'list', data: listed })
  return json({
    data: listed,
    has_more: false,
    first_id: models[0]?.name ?? null,
    last_id: models.at(-1)?.name ?? null,
  })
}

/** One model, listed or reachable as `provider/model`. Throws `unknown_model`. */
export const modelPage = (plan: Plan, caller: Caller, name: string, dialect: Dialect): Page => {
  const route = plan.find(name)
  if (!route || (caller.models && !caller.models.includes(route.name))) {
    throw new GatewayError(
      'unknown_model',
      `The model ${JSON.stringify(name)} does not exist or is not open to this key.`,
    )
  }
  return json(writers[dialect]({ name: route.name, provider: route.targets[0]?.provider ?? 'tollgate' }))
}

export const healthPage = (): Page => json({ status: 'ok' })

export const readyPage = (draining: boolean): Page =>
  draining ? json({ status: 'draining' }, 503) : json({ status: 'ready' })

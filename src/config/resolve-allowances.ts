import type * as z from 'zod'
import type { Allowance, AllowanceUnit } from '../core/allowance.ts'
import { nanosFromUsd } from '../core/money.ts'
import type { Scope } from '../core/scope.ts'
import type { Window } from '../core/window.ts'
import {
  type allowanceFields,
  type budgetSchema,
  type limitsSchema,
  type scopedBudgetSchema,
  type scopedLimitsSchema,
  timeZoneProblem,
} from './allowance-schema.ts'
import { type Path, pathText } from './complaints.ts'
import { durationText } from './durations.ts'
import type { Entry } from './entries.ts'
import { modelProblem, type Names } from './names.ts'
import { type Rate, wholeOf } from './rates.ts'
import { type KnownScopes, readScope } from './scope-names.ts'

type Limits = z.output<typeof limitsSchema>
type Budget = z.output<typeof budgetSchema>
type Counts = Omit<Limits, 'models' | 'onLimit'>
type Bearing = { [Field in keyof typeof allowanceFields]?: z.output<(typeof allowanceFields)[Field]> }

/** Somebody whose entry may carry limits and budgets. */
export interface Bearer {
  readonly scope: Scope
  readonly path: Path
  readonly value: Bearing
}

/** Everything in a configuration that makes allowances. */
export interface AllowanceSources {
  readonly bearers: readonly Bearer[]
  readonly budgets: readonly Entry<z.output<typeof scopedBudgetSchema>>[]
  readonly limits: readonly Entry<z.output<typeof scopedLimitsSchema>>[]
  readonly known: KnownScopes
  /** Names of `webhooks.endpoints`. */
  readonly endpoints: ReadonlySet<string>
  /** What is wrong with an address in place of such a name. */
  addressProblem(url: string): string | undefined
}

interface Drafting {
  readonly names: Names
  readonly sources: AllowanceSources
  readonly made: Map<string, { readonly allowance: Allowance; readonly path: Path }>
}

/** Whom something is for, and where it is written. */
interface Place {
  readonly scope: Scope
  readonly path: Path
  readonly model?: string | undefined
  /** Does who does not fit wait? */
  readonly waits?: boolean | undefined
}

/** Every budget and limit as an allowance, under an id that is the same at every start. What cannot be is complained of. */
export const resolveAllowances = (sources: AllowanceSources, names: Names): readonly Allowance[] => {
  const drafting: Drafting = { names, sources, made: new Map() }
  for (const { scope, path, value } of sources.bearers) {
    if (value.limits) addLimits(value.limits, { scope, path: [...path, 'limits'] }, drafting)
    const { budget } = value
    const at = [...path, 'budget']
    if (Array.isArray(budget))
      for (const [index, each] of budget.entries()) addBudget(each, { scope, path: [...at, index] }, drafting)
    else if (budget) addBudget(budget, { scope, path: at }, drafting)
  }
  for (const { value, path } of sources.budgets) {
    const scope = readScope(value.scope, [...path, 'scope'], { known: sources.known, names })
    if (scope !== undefined) addBudget(value, { scope, path }, drafting)
  }
  for (const { value, path } of sources.limits) {
    const scope = readScope(value.scope, [...path, 'scope'], { known: sources.known, names })
    const place = { path, model: checkedModel(value.model, path, names), waits: value.onLimit === 'wait' || undefined }
    if (scope !== undefined) addCounts(value, { ...place, scope }, drafting)
  }
  return [...drafting.made.values()].map(({ allowance }) => allowance)
}

const addLimits = ({ models, onLimit, ...counts }: Limits, place: Place, drafting: Drafting): void => {
  const waits = onLimit === 'wait' || undefined
  addCounts(counts, { ...place, waits }, drafting)
  for (const [model, inner] of Object.entries(models ?? {})) {
    const path = [...place.path, 'models', model]
    const problem = modelProblem(model, drafting.names)
    if (problem !== undefined) drafting.names.complain(path, problem, 'key')
    addCounts(inner, { scope: place.scope, path, model, waits }, drafting)
  }
}

const countUnits = { requests: 'requests', tokens: 'tokens', cost: 'nanos' } as const

const addCounts = (counts: Counts, place: Place, drafting: Drafting): void => {
  for (const field of ['requests', 'tokens', 'cost'] as const) {
    const written = counts[field]
    const at = [...place.path, field]
    if (Array.isArray(written))
      for (const [index, rate] of written.entries()) addRate(field, rate, { ...place, path: [...at, index] }, drafting)
    else if (written) addRate(field, written, { ...place, path: at }, drafting)
  }
  if (counts.concurrency === undefined) return
  const what: What = { unit: 'concurrency', limit: BigInt(counts.concurrency), window: { kind: 'total' } }
  add('concurrency', what, { ...place, path: [...place.path, 'concurrency'] }, drafting)
}

const mostCounted = 2n ** 53n - 1n
const mostNanos = 2n ** 63n - 1n

const addRate = (field: keyof typeof countUnits, rate: Rate, place: Place, drafting: Drafting): void => {
  const unit = countUnits[field]
  const limit = unit === 'nanos' ? rate.billionths : wholeOf(rate)
  const most = unit === 'nanos' ? mostNanos : mostCounted
  const { complain } = drafting.names
  if (limit === undefined) complain(place.path, `expected a whole number of ${field}`)
  else if (limit > most) complain(place.path, unit === 'nanos' ? 'is too much money' : `must be at most ${most}`)
  else {
    const window = { kind: 'rolling', ms: rate.ms } as const
    add(`${field}/${durationText(rate.ms)}`, { unit, limit, window }, place, drafting)
  }
}

const addBudget = (budget: Budget, place: Place, drafting: Drafting): void => {
  const { names } = drafting
  const { usd, per, hard, onLimit, onShort, webhook } = budget
  const alerts = [...new Set(budget.alerts)].sort((one, other) => one - other)
  checkWebhook(webhook, place.path, drafting)
  const model = checkedModel(budget.model, place.path, names)
  const money = { isHard: hard, onLimit, onShort, alerts, webhook }
  const window = windowOf(budget, place.path, names)
  const name = `budget/${typeof per === 'number' ? durationText(per) : per}`
  add(name, { unit: 'nanos', limit: nanosFromUsd(usd), window, money }, { ...place, model }, drafting)
}

const windowOf = ({ per, timezone }: Budget, path: Path, { complain }: Names): Window => {
  const at = [...path, 'timezone']
  if (typeof per === 'number' || per === 'total') {
    if (timezone !== undefined) complain(at, 'is only for hours, days, weeks and months; this budget knows no calendar')
    return per === 'total' ? { kind: 'total' } : { kind: 'rolling', ms: per }
  }
  const problem = timezone === undefined ? undefined : timeZoneProblem(timezone)
  if (problem !== undefined) complain(at, problem)
  return { kind: 'calendar', per, timezone: timezone ?? 'UTC' }
}

const checkedModel = (model: string | undefined, path: Path, names: Names): string | undefined => {
  const problem = model === undefined ? undefined : modelProblem(model, names)
  if (problem !== undefined) names.complain([...path, 'model'], problem)
  return model
}

const checkWebhook = (webhook: string | undefined, path: Path, { sources, names }: Drafting): void => {
  if (webhook === undefined || sources.endpoints.has(webhook)) return
  const problem = URL.canParse(webhook)
    ? sources.addressProblem(webhook)
    : 'is neither a name of webhooks.endpoints nor an http or https address'
  if (problem !== undefined) names.complain([...path, 'webhook'], problem)
}

interface What {
  readonly unit: AllowanceUnit
  readonly limit: bigint
  readonly window: Window
  readonly money?: Pick<Allowance, 'isHard' | 'onLimit' | 'onShort' | 'alerts' | 'webhook'>
}

const usual = { isHard: true, onLimit: 'refuse', onShort: 'clamp', alerts: [] } as const

const add = (name: string, what: What, { scope, path, model, waits }: Place, { made, names }: Drafting): void => {
  const { unit, limit, window, money } = what
  const id = `${scope}/${name}${model === undefined ? '' : `@${model}`}`
  const same = made.get(id)
  if (same) names.complain(path, `is for the same window as ${pathText(same.path)}`)
  else
    made.set(id, {
      path,
      allowance: {
        id,
        unit,
        limit,
        window,
        scope,
        model,
        ...usual,
        ...money,
        ...(waits && unit !== 'nanos' ? { waits } : {}),
      },
    })
}

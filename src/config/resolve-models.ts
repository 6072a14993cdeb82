import type * as z from 'zod'
import type { CacheRules } from '../core/cache-rules.ts'
import type { OutputRules } from '../core/output-rules.ts'
import type { HedgeLimits, RetryLimits, RouteTimeouts } from '../routing/plan.ts'
import { type Path, shown } from './complaints.ts'
import type { MirrorConfig, ModelConfig, TargetConfig } from './config.ts'
import type { Entry } from './entries.ts'
import { fullModelSchema, type modelSchema } from './model-schema.ts'
import { type Names, readTarget, splitTarget } from './names.ts'
import { resolveCache } from './resolve-cache.ts'
import { resolveOutput } from './resolve-output.ts'
import { resolvePolicies } from './resolve-policies.ts'
import { resolveTargets } from './resolve-targets.ts'
import type { retrySchema, timeoutsSchema } from './schema.ts'
import { hint } from './suggest.ts'

type ModelInput = z.output<typeof modelSchema>
type FullModel = z.output<typeof fullModelSchema>
type WrittenTimeouts = Partial<Omit<z.output<typeof timeoutsSchema>, 'connect'>>

/** What every model has unless it says otherwise. */
export interface RouteDefaults {
  readonly timeouts: RouteTimeouts
  readonly retry: RetryLimits
  /** Undefined: what is usual. */
  readonly output: OutputRules | 'off' | undefined
  /** Undefined: nothing is kept. */
  readonly cache: CacheRules | undefined
}

const usual: RouteTimeouts = {
  totalMs: 600_000,
  streamTotalMs: 3_600_000,
  firstTokenMs: 120_000,
  idleMs: 60_000,
  progressMs: 180_000,
}

/** Written clocks over others; a `total` alone holds for streams as well. */
export const resolveTimeouts = (written: WrittenTimeouts, under: RouteTimeouts = usual): RouteTimeouts => ({
  totalMs: written.total ?? under.totalMs,
  streamTotalMs: written.streamTotal ?? written.total ?? under.streamTotalMs,
  firstTokenMs: written.firstToken ?? under.firstTokenMs,
  idleMs: written.idle ?? under.idleMs,
  progressMs: written.progress ?? under.progressMs,
})

/** Written retry numbers over others. */
export const resolveRetry = (
  written: Partial<z.output<typeof retrySchema>>,
  under: RetryLimits = { attempts: 4, sameTarget: 1 },
): RetryLimits => ({
  attempts: written.attempts ?? under.attempts,
  sameTarget: written.sameTarget ?? under.sameTarget,
})

/** A model in full, and where its targets stand: shorthand has no field of that name. */
const full = ({ value, path }: Entry<ModelInput>): { model: FullModel; targetsAt: (index: number) => Path } => {
  if (typeof value === 'string') return { model: fullModelSchema.parse({ targets: [value] }), targetsAt: () => path }
  if (!Array.isArray(value)) return { model: value, targetsAt: (index) => [...path, 'targets', index] }
  return { model: fullModelSchema.parse({ targets: value }), targetsAt: (index) => [...path, index] }
}

/** Every public model that can be understood; what cannot is complained of. */
export const resolveModels = (
  entries: readonly Entry<ModelInput>[],
  names: Names,
  defaults: RouteDefaults,
): Map<string, ModelConfig> => {
  const models = new Map<string, ModelConfig>()
  const written = new Map<string, FullModel>()
  for (const entry of entries) {
    const { model, targetsAt } = full(entry)
    checkName(entry, names)
    written.set(entry.name, model)
    models.set(entry.name, {
      name: entry.name,
      targets: resolveTargets(model.targets, targetsAt, names),
      ...resolvePolicies(model.policies, [...entry.path, 'policies'], names),
      contextChain: [],
      policyChain: [],
      timeouts: resolveTimeouts(model.timeouts, defaults.timeouts),
      retry: resolveRetry(model.retry, defaults.retry),
      queue: model.queue,
      hedge: resolveHedge(model, entry.path, names),
      mirror: resolveMirror(model, entry.path, names),
      latencyBudgetMs: model.latencyBudget,
      repeat: model.repeat,
      output: resolveOutput(model.output, [...entry.path, 'output'], names) ?? defaults.output,
      cache: resolveCache(model.cache, {
        path: [...entry.path, 'cache'],
        names,
        under: defaults.cache,
        own: entry.name,
      }),
    })
  }
  for (const { name, path } of entries) {
    const model = models.get(name)
    const fallback = written.get(name)?.fallback
    if (!model || !fallback) continue
    const chain = (reason: 'context' | 'policy') =>
      fallback[reason].flatMap((step, index) =>
        resolveStep(step, [...path, 'fallback', reason, index], { names, models, own: name }),
      )
    models.set(name, { ...model, contextChain: unique(chain('context')), policyChain: unique(chain('policy')) })
  }
  return models
}

const checkName = ({ name, path }: Entry<unknown>, { providers, complain }: Names): void => {
  const provider = splitTarget(name)?.provider
  if (!/^[^\s\p{Cc}]{1,200}$/u.test(name)) {
    complain(path, 'expected a name of 1 to 200 characters without spaces', 'key')
  } else if (provider !== undefined && providers.has(provider)) {
    complain(path, `would hide the provider/model form of the provider ${provider}; choose another name`, 'key')
  }
}

/** Undefined where it would never be used. */
const resolveHedge = ({ hedge }: FullModel, path: Path, { complain }: Names): HedgeLimits | undefined => {
  if (hedge?.budget === 0) complain([...path, 'hedge', 'budget'], 'expected more than 0; without hedging, remove hedge')
  return hedge
}

const resolveMirror = ({ mirror }: FullModel, path: Path, names: Names): MirrorConfig | undefined => {
  if (!mirror) return undefined
  const at = [...path, 'mirror']
  if (mirror.share === 0) names.complain([...at, 'share'], 'expected more than 0; to copy nothing, remove mirror')
  const target = readTarget(mirror.target, [...at, 'target'], names)
  return target && { target, share: mirror.share }
}

interface Chaining {
  readonly names: Names
  readonly models: ReadonlyMap<string, ModelConfig>
  /** The model whose fallback this is. */
  readonly own: string
}

/** A step of a fallback: a target, or the targets of another public model. */
const resolveStep = (step: string, path: Path, { names, models, own }: Chaining): readonly TargetConfig[] => {
  if (step === own) {
    names.complain(path, 'a model cannot be its own fallback')
    return []
  }
  if (names.models.has(step)) return models.get(step)?.targets ?? []
  if (splitTarget(step) === undefined) {
    const meant = hint(step, names.models)
    names.complain(path, `no model is called ${shown(step)}${meant || '; name a public model, or provider/model'}`)
    return []
  }
  const target = readTarget(step, path, names)
  return target ? [target] : []
}

const unique = (targets: readonly TargetConfig[]): TargetConfig[] => [
  ...new Map(targets.map((target) => [target.id, target])).values(),
]

import type { Target } from '../core/target.ts'
import type { Plan, Route } from '../routing/plan.ts'
import type { PolicyName } from '../routing/policies.ts'
import type { Policy } from '../routing/policy.ts'
import { createSticky } from '../routing/sticky.ts'
import { createWhen } from '../routing/when.ts'
import type { Config, ModelConfig, PolicyConfig, TargetConfig } from './config.ts'
import type { ProviderSet } from './providers.ts'

/** `provider/model` names that callers made up are remembered up to this many. */
const mostRemembered = 10_000
const longestName = 256

type Policies = Readonly<Record<PolicyName, Policy>>

/** Policies of a model that is called as `provider/model`: there is one target, so there is nothing to choose. */
const usualPolicies: readonly PolicyName[] = ['capable', 'healthy']

/** The plan a configuration describes: its public models, the models its providers list, and any `provider/model`. */
export const planOf = (config: Config, providers: ProviderSet, policies: Policies): Plan => {
  const targetOf = (written: TargetConfig): Target => providers.target(written.provider, written.model, written.weight)
  const routes = new Map<string, Route>()
  for (const model of config.models.values()) routes.set(model.name, configured(model, targetOf, policies))

  const direct = (name: string, provider: string, listed: boolean): Route => ({
    name,
    listed,
    targets: [providers.target(provider, name.slice(provider.length + 1), 1)],
    policies: usualPolicies.map((policy) => policies[policy]),
    policyNames: usualPolicies,
    contextChain: [],
    policyChain: [],
    timeouts: config.timeouts,
    retry: config.retry,
    output: config.output,
    cache: config.cache.models,
    identity: name,
    readsCaller: false,
  })
  for (const [provider, models] of providers.listed) {
    for (const model of models) {
      const name = `${provider}/${model}`
      if (!routes.has(name)) routes.set(name, direct(name, provider, true))
    }
  }
  const names = [...routes.values()].map(({ name, targets }) => ({ name, provider: targets[0]?.provider ?? '' }))
  const madeUp = new Map<string, Route>()

  return {
    names,
    find(name) {
      const known = routes.get(name) ?? madeUp.get(name)
      if (known) return known
      const provider = name.slice(0, name.indexOf('/'))
      if (name.length > longestName || name.length <= provider.length + 1 || !providers.listed.has(provider)) {
        return undefined
      }
      if (madeUp.size >= mostRemembered) madeUp.clear()
      const route = direct(name, provider, false)
      madeUp.set(name, route)
      return route
    },
  }
}

const configured = (model: ModelConfig, targetOf: (written: TargetConfig) => Target, policies: Policies): Route => ({
  name: model.name,
  listed: true,
  targets: model.targets.map(targetOf),
  policies: policiesOf(model, targetOf, policies),
  policyNames: policyNamesOf(model),
  contextChain: model.contextChain.map(targetOf),
  policyChain: model.policyChain.map(targetOf),
  timeouts: model.timeouts,
  retry: model.retry,
  queue: model.queue,
  hedge: model.hedge,
  repeat: model.repeat,
  output: model.output,
  cache: model.cache,
  mirror: model.mirror && { target: targetOf(model.mirror.target), share: model.mirror.share },
  identity: identityOf(model),
  readsCaller: model.rules.length > 0,
})

/** Everything that is written of who answers, and what an answer must be like. */
const identityOf = ({ name, targets, rules, contextChain, policyChain, output }: ModelConfig): string =>
  JSON.stringify([name, targets, rules, contextChain, policyChain, output])

/** Rules first: they choose who may answer, and what follows orders and leaves out. */
const policiesOf = (
  model: ModelConfig,
  targetOf: (written: TargetConfig) => Target,
  policies: Policies,
): readonly Policy[] => {
  const rules = model.rules.map(({ when, use }) => ({ when, use: use.map(targetOf) }))
  const others = withWeights(model).map((written) =>
    typeof written === 'string' ? policies[written] : createSticky(written.sticky),
  )
  return rules.length === 0 ? others : [createWhen(rules), ...others]
}

const policyNamesOf = (model: ModelConfig): readonly string[] => [
  ...(model.rules.length === 0 ? [] : ['rules']),
  ...withWeights(model).map((written) => (typeof written === 'string' ? written : 'sticky')),
]

const ordering: readonly PolicyConfig[] = ['order', 'weighted', 'sticky', 'cheapest', 'fastest']

const orders = (written: PolicyConfig): boolean => typeof written !== 'string' || ordering.includes(written)

/** Weights that nobody reads would be a trap: when some are given and nothing else orders the targets, they do. */
const withWeights = ({ policies, targets, rules }: ModelConfig): readonly PolicyConfig[] => {
  const weighed = [targets, ...rules.map(({ use }) => use)].some((list) => list.some(({ weight }) => weight !== 1))
  return weighed && !policies.some(orders) ? ['weighted', ...policies] : policies
}

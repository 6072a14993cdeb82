import { assemble } from '../config/assemble.ts'
import { usdFromNanos } from '../core/money.ts'
import type { Route } from '../routing/plan.ts'
import { loadForCli } from './load.ts'
import { print, printJson } from './output.ts'
import { table } from './table.ts'

/** Lists public models: what they stand for, what they cost, how much they read. */
export const models = async ({ config: file, json }: { config?: string; json?: boolean }): Promise<void> => {
  const runtime = await assemble(await loadForCli(file, { listens: false, store: 'memory' }))
  const plan = runtime.plan()
  const routes = plan.names.map(({ name }) => plan.find(name)).filter((route) => route !== undefined)
  if (json) printJson(routes.map(describe))
  else print(table(['MODEL', 'IN $/M', 'OUT $/M', 'CONTEXT', 'TARGETS'], routes.map(row)))
  await runtime.close()
}

const describe = (route: Route) => ({
  model: route.name,
  targets: route.targets.map(({ id, weight, facts }) => ({
    target: id,
    weight,
    inputUsdPerMillion: facts?.price ? usdFromNanos(facts.price.rates.input) : null,
    outputUsdPerMillion: facts?.price ? usdFromNanos(facts.price.rates.output) : null,
    contextWindow: facts?.contextWindow ?? null,
    maxOutput: facts?.maxOutput ?? null,
  })),
})

const row = (route: Route): string[] => {
  const facts = route.targets[0]?.facts
  return [
    route.name,
    facts?.price ? usdFromNanos(facts.price.rates.input) : '?',
    facts?.price ? usdFromNanos(facts.price.rates.output) : '?',
    facts?.contextWindow === undefined ? '?' : String(facts.contextWindow),
    route.targets.map(({ id }) => id).join(' '),
  ]
}

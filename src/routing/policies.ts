import { capable } from './capable.ts'
import { cheapest } from './cheapest.ts'
import { createFastest } from './fastest.ts'
import type { Health } from './health.ts'
import { createHealthy } from './healthy.ts'
import type { Policy } from './policy.ts'
import { createSticky } from './sticky.ts'
import { createWeighted } from './weighted.ts'

/** The names by which a configuration chooses policies. */
export const policyNames = ['order', 'weighted', 'sticky', 'capable', 'healthy', 'cheapest', 'fastest'] as const

export type PolicyName = (typeof policyNames)[number]

/** Every policy by its name; those that need to know how targets fare share one memory. */
export const createPolicies = (health: Health, random: () => number): Readonly<Record<PolicyName, Policy>> => ({
  order: (targets) => targets,
  weighted: createWeighted(random),
  sticky: createSticky(),
  capable,
  healthy: createHealthy(health),
  cheapest,
  fastest: createFastest(health),
})

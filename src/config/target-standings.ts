import type { Health, HealthStanding } from '../routing/health.ts'
import type { Plan } from '../routing/plan.ts'
import type { Config } from './config.ts'

/** How a target fares now. */
export interface TargetStanding extends HealthStanding {
  /** `provider/model` */
  readonly target: string
  readonly provider: string
  readonly model: string
  /** Recent time to the first word; undefined: there was none in the last minute. */
  readonly firstTokenMs: number | undefined
}

interface Sources {
  readonly config: Pick<Config, 'models'>
  readonly plan: Plan
  readonly health: Pick<Health, 'standing' | 'firstTokenMs'>
}

/** How the targets of configured models fare, and others that are named; each once, by name. */
export const targetStandings = (
  { config, plan, health }: Sources,
  others: readonly string[] = [],
): readonly TargetStanding[] => {
  const ids = new Set(others)
  for (const { targets } of config.models.values()) for (const { id } of targets) ids.add(id)
  return [...ids].sort().flatMap((id) => {
    const target = plan.find(id)?.targets.find((each) => each.id === id)
    if (!target) return []
    const { provider, model } = target
    const standing = health.standing(target)
    return [{ target: id, provider, model, firstTokenMs: health.firstTokenMs(target), ...standing }]
  })
}

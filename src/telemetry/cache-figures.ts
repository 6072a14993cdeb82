import type { RecallStanding } from '../core/recall-standing.ts'
import type { MetricRegistry } from './registry.ts'

interface Tier {
  readonly entries: number
  readonly bytes: number
  readonly mostBytes: number
}

/** How much is kept, and how answering like similar questions goes. */
export interface CacheFigures {
  /** A tier that is undefined is not there. */
  readonly standing: { readonly memory: Tier; readonly disk: Tier | undefined }
  readonly recall: readonly RecallStanding[]
}

/** Tells what is kept, as it stands when somebody looks; nothing where nothing is kept. */
export const createCacheFigures =
  (metrics: MetricRegistry) =>
  (figures: CacheFigures | undefined): void => {
    if (!figures) return
    const { memory, disk } = figures.standing
    for (const [tier, found] of [['memory', memory] as const, ['disk', disk] as const]) {
      if (!found) continue
      metrics.set('tollgate_cache_entries', found.entries, [tier])
      metrics.set('tollgate_cache_bytes', found.bytes, [tier])
      metrics.set('tollgate_cache_bytes_limit', found.mostBytes, [tier])
    }
    metrics.set('tollgate_cache_suspended_scopes', figures.recall.filter(({ isSuspended }) => isSuspended).length)
    metrics.set('tollgate_cache_false_hit_ratio', Math.max(0, ...figures.recall.map(({ estimate = 0 }) => estimate)))
  }

import { errorTable } from '../core/errors.ts'
import type { CallRecord, Sink } from '../core/record.ts'
import { type Decline, DeclineWatch } from './decline.ts'

/** What models are watched for. */
export const qualityMetrics = ['failures', 'invalid', 'refused', 'feedback'] as const

export type QualityMetric = (typeof qualityMetrics)[number]

/** A model that became worse than it used to be. */
export interface ModelDecline extends Decline {
  readonly model: string
  readonly metric: QualityMetric
}

export interface DeclinesOptions {
  /** Unix milliseconds. */
  readonly now: () => number
  /** Told once for each time that a model became worse. */
  readonly told: (decline: ModelDecline) => void
}

/** Models that are watched for becoming worse, as far as this process sees their calls. */
export interface Declines {
  readonly sink: Sink
  /** A score of an answer, -1 to 1. */
  scored(model: string, score: number): void
  /** Those that are worse now than they used to be. */
  current(): readonly ModelDecline[]
}

const mostModels = 500
const refusals: ReadonlySet<string> = new Set(['refusal', 'content_filter'])

export const createDeclines = ({ now, told }: DeclinesOptions): Declines => {
  const watches = new Map<string, Map<QualityMetric, DeclineWatch>>()
  const see = (model: string, metric: QualityMetric, badness: number): void => {
    const known = watches.get(model)
    if (!known && watches.size >= mostModels) return
    const ofModel = known ?? new Map<QualityMetric, DeclineWatch>()
    watches.set(model, ofModel)
    const watch = ofModel.get(metric) ?? new DeclineWatch()
    ofModel.set(metric, watch)
    if (watch.see(badness, now()) && watch.decline) told({ model, metric, ...watch.decline })
  }
  return {
    sink: (record) => {
      for (const [metric, isBad] of seenIn(record)) see(record.model, metric, isBad ? 1 : 0)
    },
    scored: (model, score) => see(model, 'feedback', (1 - score) / 2),
    current: () =>
      [...watches].flatMap(([model, ofModel]) =>
        [...ofModel].flatMap(([metric, { decline }]) => (decline ? [{ model, metric, ...decline }] : [])),
      ),
  }
}

/** What a call tells of its model: nothing where memory answered, the caller left, or was at fault itself. */
const seenIn = (record: CallRecord): readonly (readonly [QualityMetric, boolean])[] => {
  const { notes, model, outcome, error, finishes, operation } = record
  const { cache, output } = notes
  const isFromMemory = cache !== undefined && cache.outcome !== 'miss' && cache.outcome !== 'off'
  if (notes.purpose !== undefined || isFromMemory || model === 'unknown' || model === 'unlisted') return []
  const hasFailed = outcome === 'error' && error !== undefined && errorTable[error].fault !== 'caller'
  const seen: (readonly [QualityMetric, boolean])[] = []
  if (hasFailed || outcome === 'ok') seen.push(['failures', hasFailed])
  if (output) seen.push(['invalid', output.rung === undefined || output.rung === 'default'])
  if (outcome === 'ok' && operation === 'chat') seen.push(['refused', finishes.some((reason) => refusals.has(reason))])
  return seen
}

import type { QualityKey, QualityReport } from '../stores/feedback-store.ts'
import type { QualitySums } from '../stores/quality-sums.ts'
import type { ModelDecline } from './declines.ts'
import { meanOf, type Share, shareOf } from './intervals.ts'

/** How good the calls of a model, a target or a prompt were; undefined: nothing is known of it. */
export interface QualityRow {
  readonly name: string
  readonly calls: number
  readonly feedback: ReturnType<typeof meanOf>
  readonly validity: Share | undefined
  readonly truncated: Share | undefined
  readonly refused: Share | undefined
  readonly errors: Share | undefined
  readonly disagreement: Share | undefined
  /** The share that was there in time. */
  readonly latencyBudget: Share | undefined
  /** It became worse than it used to be, as this process sees it. */
  readonly alerts: readonly ModelDecline[]
}

/** Sums as shares and means with their bounds, those with the most calls first. */
export const qualityRows = (
  { rows }: QualityReport,
  { by, declines }: { readonly by: QualityKey; readonly declines: readonly ModelDecline[] },
): readonly QualityRow[] =>
  rows
    .map(({ name, sums }) => rowOf(name, sums, by === 'model' ? declines.filter(({ model }) => model === name) : []))
    .sort((one, other) => other.calls - one.calls || (one.name < other.name ? -1 : 1))

const rowOf = (name: string, sums: QualitySums, alerts: readonly ModelDecline[]): QualityRow => ({
  name,
  calls: sums.calls,
  feedback: meanOf(sums.scores, sums.score, sums.squares),
  validity: shareOf(sums.valid, sums.formatted),
  truncated: shareOf(sums.truncated, sums.answered),
  refused: shareOf(sums.refused, sums.answered),
  errors: shareOf(sums.failed, sums.tried),
  disagreement: shareOf(sums.differing, sums.repeated),
  latencyBudget: shareOf(sums.inTime, sums.timed),
  alerts,
})

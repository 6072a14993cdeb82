import type { CallEntry } from '../core/call-entry.ts'
import { type ErrorCode, errorTable } from '../core/errors.ts'
import { type Feedback, repeatLabel } from '../core/feedback.ts'

/** What tells how good the answers of some calls were. What is a part of something stands behind it. */
export interface QualitySums {
  calls: number
  /** Calls that were answered, or failed for no fault of the caller. */
  tried: number
  failed: number
  /** Answers of conversations that a model gave just then. */
  answered: number
  truncated: number
  refused: number
  /** Answers that were held against a format. */
  formatted: number
  valid: number
  /** Answers of models that have a budget of time. */
  timed: number
  inTime: number
  /** Scores, their sum, and the sum of their squares. */
  scores: number
  score: number
  squares: number
  /** Questions that were asked again. */
  repeated: number
  differing: number
}

/** Nothing yet. */
export const noQuality = (): QualitySums => ({
  calls: 0,
  tried: 0,
  failed: 0,
  answered: 0,
  truncated: 0,
  refused: 0,
  formatted: 0,
  valid: 0,
  timed: 0,
  inTime: 0,
  scores: 0,
  score: 0,
  squares: 0,
  repeated: 0,
  differing: 0,
})

const cutShort: ReadonlySet<string> = new Set(['length'])
const refusals: ReadonlySet<string> = new Set(['refusal', 'content_filter'])

const isFromMemory = ({ decisions: { cache } }: CallEntry): boolean =>
  cache !== undefined && cache.outcome !== 'miss' && cache.outcome !== 'off'

const isOwnFault = (code: string): boolean => errorTable[code as ErrorCode]?.fault === 'caller'

/** Adds a call of a caller. `budgetMs`: how long it may take until it is there, a stream until its first words. */
export const addCallTo = (sums: QualitySums, entry: CallEntry, budgetMs: number | undefined): void => {
  const { outcome, error, finishes, operation, decisions, stream, firstTokenMs, durationMs } = entry
  sums.calls++
  if (isFromMemory(entry)) return
  const hasFailed = outcome === 'error' && error !== undefined && !isOwnFault(error)
  if (hasFailed) sums.failed++
  if (hasFailed || outcome === 'ok') sums.tried++
  if (decisions.output) {
    const { rung } = decisions.output
    sums.formatted++
    if (rung !== undefined && rung !== 'default') sums.valid++
  }
  if (outcome !== 'ok') return
  if (operation === 'chat') {
    sums.answered++
    if (finishes.some((reason) => cutShort.has(reason))) sums.truncated++
    if (finishes.some((reason) => refusals.has(reason))) sums.refused++
  }
  const tookMs = stream ? firstTokenMs : durationMs
  if (budgetMs === undefined || tookMs === undefined) return
  sums.timed++
  if (tookMs <= budgetMs) sums.inTime++
}

/** Adds what was said of a call. */
export const addFeedbackTo = (
  sums: QualitySums,
  { key, label, score }: Pick<Feedback, 'key' | 'label' | 'score'>,
): void => {
  if (score === undefined) return
  if (key === '') {
    if (label !== repeatLabel) return
    sums.repeated++
    if (score < 0) sums.differing++
    return
  }
  sums.scores++
  sums.score += score
  sums.squares += score * score
}

/** The name by which a call is told apart; undefined: it has none. */
export const qualityName = (
  { model, target, prompt }: Pick<CallEntry, 'model' | 'target' | 'prompt'>,
  by: 'model' | 'target' | 'prompt',
): string | undefined => ({ model, target, prompt })[by]

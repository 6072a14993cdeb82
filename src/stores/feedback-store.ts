import { GatewayError } from '../core/errors.ts'
import type { Feedback } from '../core/feedback.ts'
import type { BodyStore } from './body-store.ts'
import type { CallStore } from './call-store.ts'
import type { QualitySums } from './quality-sums.ts'

/** What calls are told apart by when it is told how good they were. */
export const qualityKeys = ['model', 'target', 'prompt'] as const

export type QualityKey = (typeof qualityKeys)[number]

/** Of which call feedback is: so that it can be told of long after. */
export interface FeedbackOf {
  /** Unix milliseconds. */
  readonly startedAt: number
  readonly model: string
  readonly target: string | undefined
  readonly prompt: string | undefined
}

export interface QualityQuery {
  /** Unix milliseconds of the beginning of calls; `to` is left out. */
  readonly from: number
  readonly to: number
  readonly by: QualityKey
  /** How long calls of a model may take, in milliseconds, by its name. */
  readonly budgets: Readonly<Record<string, number>>
}

export interface QualityReport {
  readonly rows: readonly { readonly name: string; readonly sums: QualitySums }[]
  /** Only the newest calls of the stretch were looked at, as there are so many. */
  readonly isCut: boolean
}

/** A key says no more than so much of one call. */
export const mostLabels = 20

/** The refusal of more than a key may say of one call. */
export const tooMuch = (): GatewayError =>
  new GatewayError('conflict', `No more than ${mostLabels} labels may be given to one call.`)

/** So many calls are looked at for one report, the newest. */
export const mostLooked = 50_000

/** What is said of answers, and how good they were. It is kept as long as the calls. */
export interface FeedbackStore {
  /** Replaces what the key said before of the same. Rejects with `conflict` when it says too much of one call. */
  put(feedback: Feedback, of: FeedbackOf): Promise<void>
  /** Everything that was said of a call, the latest first. */
  of(call: string): Promise<readonly Feedback[]>
  /** How good calls were, by name. */
  quality(query: QualityQuery): Promise<QualityReport>
}

/** Calls, what is said of them, and what was said in them, in one place. */
export interface ObservedStore extends CallStore {
  readonly feedback: FeedbackStore
  readonly bodies: BodyStore
}

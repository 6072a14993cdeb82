import type { Form } from '../core/answer.ts'
import type { Background } from '../core/background.ts'
import type { Call } from '../core/call.ts'
import type { Reader } from '../core/chunk.ts'
import type { Clock } from '../core/clock.ts'
import type { Stage } from '../core/handler.ts'
import type { Plan } from '../routing/plan.ts'
import type { AnswerCache } from '../stores/store.ts'

export interface CacheOptions {
  plan(): Plan
  readonly answers: AnswerCache
  /** With which questions are named, so that a name tells nobody what was asked. */
  readonly secret: Uint8Array
  /** Reads bytes of a language; undefined: there is no such language (any more). */
  reader(wire: string, form: Form): Reader | undefined
  readonly background: Background
  readonly clock: Clock
  readonly random: () => number
}

/** Asked before? Then it is answered from memory, in the words it was answered in. */
export const cache =
  (_options: CacheOptions): Stage<Call> =>
  (next) =>
  (call) =>
    next(call)

import type { Form } from '../core/answer.ts'
import type { Call } from '../core/call.ts'
import type { Reader } from '../core/chunk.ts'
import type { Clock } from '../core/clock.ts'
import type { Stage } from '../core/handler.ts'
import type { Plan } from '../routing/plan.ts'

export interface CoalesceOptions {
  plan(): Plan
  /** Reads bytes of a language; undefined: there is no such language. */
  reader(wire: string, form: Form): Reader | undefined
  /** Wraps the handler of a flight whose first caller is gone, so that what it comes to is recorded and charged. */
  readonly recorded: Stage<Call>
  readonly clock: Clock
}

/** The same question at the same time is asked once. */
export const coalesce =
  (_options: CoalesceOptions): Stage<Call> =>
  (next) =>
  (call) =>
    next(call)

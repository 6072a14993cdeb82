import { keepAnswer } from '../caching/keep-answer.ts'
import type { Form } from '../core/answer.ts'
import { isOfItsWireAlone } from '../core/asked.ts'
import type { Call } from '../core/call.ts'
import type { Reader } from '../core/chunk.ts'
import type { Clock } from '../core/clock.ts'
import type { Stage } from '../core/handler.ts'
import type { Plan } from '../routing/plan.ts'
import type { AnswerCache } from '../stores/store.ts'

export interface KeepOptions {
  plan(): Plan
  readonly answers: AnswerCache
  /** Reads bytes of a language; undefined: there is no such language. */
  reader(wire: string, form: Form): Reader | undefined
  readonly clock: Clock
  readonly random: () => number
}

/**
 * Keeps an answer that is whole and good, for whoever asks the same again. One that is not to be read from memory may be
 * kept all the same: so a caller has a newer one put in its place.
 */
export const keep =
  (options: KeepOptions): Stage<Call> =>
  (next) =>
  (call) => {
    const { identity, request, cacheWish } = call
    if (!identity || cacheWish?.keep === false || isInItems(call)) return next(call)
    const rules = options.plan().find(request.model)?.cache
    if (!rules) return next(call)
    return next(call).then((answer) => keepAnswer(answer, { call, identity, rules }, options))
  }

/** Vectors are kept each for itself, where the inputs of a call can be told apart. */
const isInItems = ({ request }: Call): boolean => request.operation === 'embed' && !isOfItsWireAlone(request)

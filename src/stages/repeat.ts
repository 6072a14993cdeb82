import type { Answer } from '../core/answer.ts'
import type { Background } from '../core/background.ts'
import type { Call } from '../core/call.ts'
import { wordsToCompare } from '../core/comparable.ts'
import type { Stage } from '../core/handler.ts'
import { isReplaySafe } from '../core/request.ts'
import type { Plan, Route } from '../routing/plan.ts'
import { type FindReader, overhear, readText, textOfBytes } from '../similarity/answer-texts.ts'
import { agreementOf } from '../similarity/same-answer.ts'

/** Where it is told whether answers are the same again. */
export interface Repeats {
  /** Reads bytes of a language; undefined: there is no such language. */
  readonly reader: FindReader
  /** A call was asked again, and its answer said the same, or not. */
  told(call: Call, isSame: boolean): void
}

export interface RepeatOptions extends Repeats {
  plan(): Plan
  readonly background: Background
  readonly random: () => number
}

/**
 * Asks some questions again in the background, when they were answered, and tells whether the answer says the same. The call
 * itself is neither delayed nor changed; what asking again costs is charged as the call is.
 */
export const repeat =
  (options: RepeatOptions): Stage<Call> =>
  (next) =>
  (call) => {
    const route = options.plan().find(call.request.model)
    if (!route?.repeat || !isRepeated(call) || options.random() >= route.repeat.share) return next(call)
    return next(call).then((answer) => heard(answer, call, { ...options, route }))
  }

/** Only plain talk is compared; what has effects, or what its caller pays itself, is asked once. */
const isRepeated = ({ request, noFallback, providerKey }: Call): boolean =>
  !noFallback && providerKey === undefined && isReplaySafe(request) && wordsToCompare(request) !== undefined

const heard = (answer: Answer, call: Call, options: RepeatOptions & { readonly route: Route }): Answer => {
  const { wire, form } = answer.head
  if (form === 'raw') return answer
  return overhear(answer, (chunks) => {
    const first = textOfBytes(options.reader, { wire, form }, chunks)
    // In a turn of its own: the answer is on its way to the caller in this one.
    if (first !== undefined) setImmediate(() => void again(call, first, options))
  })
}

const again = async (
  call: Call,
  first: string,
  { background, told, route }: RepeatOptions & { readonly route: Route },
): Promise<void> => {
  const { totalMs, streamTotalMs } = route.timeouts
  try {
    const question = { purpose: 'check', totalMs: call.request.stream ? streamTotalMs : totalMs } as const
    const second = await readText(await background.ask(call, question))
    if (second !== '') told(call, agreementOf(first, second) !== 'different')
  } catch {
    // Its record tells of it; nothing was learned.
  }
}

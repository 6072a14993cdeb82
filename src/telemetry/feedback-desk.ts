import type { Caller } from '../core/call.ts'
import type { CallEntry } from '../core/call-entry.ts'
import { GatewayError, invalid } from '../core/errors.ts'
import type { Feedback } from '../core/feedback.ts'
import type { ObservedStore } from '../stores/feedback-store.ts'

/** What a caller says of the answer to one of its calls. */
export interface FeedbackWish {
  readonly call: string
  /** -1 to 1. */
  readonly score?: number | undefined
  readonly label?: string | undefined
  readonly comment?: string | undefined
}

export interface FeedbackDeskOptions {
  readonly store: Pick<ObservedStore, 'find' | 'feedback'>
  /** Writes the calls that ended a moment ago, so that they are found. */
  flush(): Promise<void>
  /** What every text passes before it is kept. */
  redact(text: string): string
  /** Told of each score, with the call it is of. */
  readonly told?: ((feedback: Feedback, entry: CallEntry) => void) | undefined
}

/** Where callers say what they think of answers. */
export interface FeedbackDesk {
  /** Fulfilled when it is kept. Throws `not_found` for calls that are not this caller's, `invalid_request`, `conflict`. */
  give(caller: Caller, wish: FeedbackWish): Promise<Feedback>
}

const longestLabel = 64
const longestComment = 1_024

/** Takes feedback of callers to their own calls, and those of their team. */
export const createFeedbackDesk = ({ store, flush, redact, told }: FeedbackDeskOptions): FeedbackDesk => ({
  give: async (caller, wish) => {
    check(wish)
    const { call, score, label = '', comment } = wish
    await flush()
    const entry = await store.find(call)
    if (!entry || !isTheirs(entry, caller)) throw noSuchCall()
    const feedback: Feedback = {
      call,
      key: caller.key,
      label: redact(label),
      score,
      comment: comment === undefined ? undefined : redact(comment),
      at: Date.now(),
    }
    const { startedAt, model, target, prompt } = entry
    await store.feedback.put(feedback, { startedAt, model, target, prompt })
    told?.(feedback, entry)
    return feedback
  },
})

const noSuchCall = (): GatewayError =>
  new GatewayError('not_found', 'There is no call of this id that belongs to this key.')

/** The gateway's own calls are nobody's. */
const isTheirs = ({ key, team, org, purpose }: CallEntry, caller: Caller): boolean =>
  purpose === undefined && (key === caller.key || (team !== undefined && team === caller.team && org === caller.org))

const check = ({ score, label, comment }: FeedbackWish): void => {
  if (score === undefined && label === undefined && comment === undefined)
    throw invalid('', 'Feedback needs a score, a label or a comment.')
  if (score !== undefined && !(score >= -1 && score <= 1)) throw invalid('score', 'must be a number from -1 to 1')
  if (label !== undefined && !/^[\w .:/-]{1,64}$/.test(label))
    throw invalid('label', `must have 1 to ${longestLabel} letters, digits, spaces, ".", ":", "/", "_" and "-"`)
  if (comment !== undefined && Buffer.byteLength(comment) > longestComment)
    throw invalid('comment', `must have at most ${longestComment} bytes`)
}

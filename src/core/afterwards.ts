import type { Answer, Summary } from './answer.ts'
import { asGatewayError, type GatewayError } from './errors.ts'

/** How a call or attempt ended: with an error, or whole. */
export interface Ending {
  readonly error: GatewayError | undefined
  /** Undefined when no answer ever began. */
  readonly summary: Summary | undefined
}

/** Passes an answer on and tells `end` exactly once how it ended, whether it never began, broke, or is whole. */
export const afterwards = async (coming: Promise<Answer>, end: (ending: Ending) => void): Promise<Answer> => {
  let answer: Answer
  try {
    answer = await coming
  } catch (thrown) {
    const error = asGatewayError(thrown)
    end({ error, summary: undefined })
    throw error
  }
  return answer.watch({
    done: (summary) => end({ error: undefined, summary }),
    fail: (error, summary) => end({ error, summary }),
  })
}

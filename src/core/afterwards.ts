import type { Answer, Observer, Summary } from './answer.ts'
import { asGatewayError, type GatewayError } from './errors.ts'

/** How a call or attempt ended: with an error, or whole. */
export interface Ending {
  readonly error: GatewayError | undefined
  /** Undefined when no answer ever began. */
  readonly summary: Summary | undefined
}

/** Passes an answer on and tells `end` exactly once how it ended, whether it never began, broke, or is whole. */
export const afterwards = (coming: Promise<Answer>, end: (ending: Ending) => void): Promise<Answer> =>
  coming.then(
    (answer) => answer.watch(new Ender(end)),
    (thrown) => {
      const error = asGatewayError(thrown)
      end({ error, summary: undefined })
      throw error
    },
  )

class Ender implements Observer {
  readonly #end: (ending: Ending) => void

  constructor(end: (ending: Ending) => void) {
    this.#end = end
  }

  done(summary: Summary): void {
    this.#end({ error: undefined, summary })
  }

  fail(error: GatewayError, summary: Summary): void {
    this.#end({ error, summary })
  }
}

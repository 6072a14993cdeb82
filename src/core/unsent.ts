import type { Answer } from './answer.ts'
import { asGatewayError, GatewayError } from './errors.ts'

/** What an attempt ends with that would be sent, where nothing is: the next target is looked at. */
export const departure = (): GatewayError => new GatewayError('no_target', 'Nothing is sent.', { outcome: 'incapable' })

/** How a call ends that is only looked at; undefined: there is an answer, which nobody reads. */
export const endOf = async (coming: Promise<Answer>): Promise<GatewayError | undefined> => {
  try {
    const answer = await coming
    answer.cancel(departure())
    return undefined
  } catch (thrown) {
    return asGatewayError(thrown)
  }
}

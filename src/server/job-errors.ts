import { asGatewayError, GatewayError } from '../core/errors.ts'

/** A refusal of what is asked of a door, as whoever submits that as a job reads it: its path begins with `body`. */
export const ofBody = (thrown: unknown): GatewayError => {
  const error = asGatewayError(thrown)
  const { param } = error.details
  const where = param === undefined ? 'body' : `body.${param}`
  const message =
    param !== undefined && error.message.startsWith(`${param}: `) ? `body.${error.message}` : error.message
  return new GatewayError(error.code, message, { ...error.details, param: where })
}

/** Does something with the body of a job; what is refused of it tells where. */
export const inBody = <T>(work: () => T): T => {
  try {
    return work()
  } catch (thrown) {
    throw ofBody(thrown)
  }
}

import { GatewayError } from '../core/errors.ts'

/** A success that is no answer of this language. */
export const garbled = (problem: string, cause?: unknown): GatewayError =>
  new GatewayError('upstream_garbled', `The provider's answer cannot be read: ${problem}.`, {
    outcome: 'malformed',
    cause,
  })

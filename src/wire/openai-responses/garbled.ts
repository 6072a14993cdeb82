import { GatewayError } from '../../core/errors.ts'

/** A success that cannot be read. */
export const garbled = (problem: string): GatewayError =>
  new GatewayError('upstream_garbled', `The upstream's answer cannot be read: ${problem}.`, { outcome: 'malformed' })

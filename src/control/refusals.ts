import { GatewayError, invalid } from '../core/errors.ts'

export const declaredOnly = (what: string): GatewayError =>
  new GatewayError('conflict', `${what} is declared in the configuration; change it there.`)

export const taken = (what: string): GatewayError => new GatewayError('conflict', `${what} is there already.`)

export const missing = (what: string): GatewayError => new GatewayError('not_found', `There is no ${what}.`)

/** Names that were made, not declared: they travel in paths, headers, logs and tables. */
const made = /^[A-Za-z0-9][\w.@+-]{0,63}$/

/** Throws `invalid_request` for what is no name. */
export const checkName = (field: string, name: string): void => {
  if (!made.test(name)) {
    throw invalid(field, 'must have 1 to 64 letters, digits, or any of ._@+-, the first a letter or digit')
  }
}

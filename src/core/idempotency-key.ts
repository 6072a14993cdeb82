import { invalid } from './errors.ts'

const printable = /^[\x20-\x7e]{1,255}$/

/** A caller's key for a call. Throws `invalid_request` for what is none. */
export const idempotencyKey = (value: unknown, where: string): string => {
  if (typeof value !== 'string' || !printable.test(value))
    throw invalid(where, 'must have 1 to 255 printable characters')
  return value
}

import { errorTable, type GatewayError } from '../core/errors.ts'

/** Bounds of the pauses between attempts at a job. */
export interface JobPauses {
  /** Of the first one, in milliseconds. Default 1 000. */
  readonly firstMs: number
  /** Of any. Default 15 minutes. */
  readonly mostMs: number
}

export const usualPauses: JobPauses = { firstMs: 1_000, mostMs: 900_000 }

/** An upstream that asks for more is asked again after this time all the same. */
const longestWishMs = 86_400_000

/** Could another attempt go better? What the caller did wrong stays wrong; what nobody knows the cause of is tried again. */
export const isWorthAnother = ({ code }: GatewayError): boolean =>
  errorTable[code].retry !== 'never' || code === 'internal'

/**
 * How long to wait after so many tries that failed, in milliseconds: anything between zero and a bound that doubles with each,
 * so that many jobs do not come again at one moment; at least as long as whoever failed asked for.
 */
export const retryMs = (
  { details: { retryAfterMs = 0 } }: GatewayError,
  tries: number,
  { firstMs, mostMs, random }: JobPauses & { readonly random: () => number },
): number =>
  Math.max(random() * Math.min(mostMs, firstMs * 2 ** Math.max(0, tries - 1)), Math.min(retryAfterMs, longestWishMs))

import { type ErrorCode, errorTable, type GatewayError } from './errors.ts'
import type { Outcome } from './outcome.ts'

/** Whom a failure before the first word concerns: all who ask the same, the upstream, or only who asked. */
export type Concern = 'everybody' | 'upstream' | 'leader'

/** What an upstream says of the question itself, it says of every equal one. */
const verdicts: ReadonlySet<Outcome> = new Set(['caller', 'context', 'policy', 'too_large'])

/** Whom a failure concerns of several who asked the same. */
export const concerns = ({ code, details }: GatewayError): Concern => {
  if (details.outcome !== undefined && verdicts.has(details.outcome)) return 'everybody'
  if (code === 'upstream_rejected') return 'everybody'
  return isOwn(code) ? 'leader' : 'upstream'
}

/** Its budget, its limits, its time, its rights. */
const isOwn = (code: ErrorCode): boolean => errorTable[code].fault === 'caller'

/** The trace that a caller's call belongs to, in the words of W3C Trace Context. */
export interface TraceContext {
  /** `traceparent`: version, trace, span and flags. */
  readonly parent: string
  /** `tracestate`, as it came. */
  readonly state?: string | undefined
}

const parentForm = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/
const stateForm = /^[\x20-\x7e]{1,512}$/

/** A trace context as two headers tell it; undefined: there is none, or nobody could follow it. */
export const traceFrom = (parent: unknown, state: unknown): TraceContext | undefined => {
  if (typeof parent !== 'string' || !parentForm.test(parent)) return undefined
  return typeof state === 'string' && stateForm.test(state) ? { parent, state } : { parent }
}

/** The headers that carry a trace context on. */
export const traceHeaders = ({ parent, state }: TraceContext): Readonly<Record<string, string>> =>
  state === undefined ? { traceparent: parent } : { traceparent: parent, tracestate: state }

import type { BodiesOf, CallBodies } from '../core/call-bodies.ts'

/** What was said in one call. */
export interface KeptBodies {
  readonly of: BodiesOf
  readonly bodies: CallBodies
}

/** What was said in calls, beside the records of them. It is the first to go where there is too much. */
export interface BodyStore {
  /** Keeps all or none. Rejects with `store_unavailable`. */
  put(kept: readonly KeptBodies[]): Promise<void>
  /** Undefined: nothing is kept, or it belongs to somebody else, or cannot be decrypted any more. */
  of(which: BodiesOf): Promise<CallBodies | undefined>
}

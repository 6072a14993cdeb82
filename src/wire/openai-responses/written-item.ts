import type { JsonObject } from '../../core/json.ts'

/** How far an item is. */
export type Status = 'in_progress' | 'completed' | 'incomplete'

/** An output item while it is written. */
export interface WrittenItem {
  /** Of the text, the thinking or the call that is in it; -1 for an item that comes whole. */
  readonly block: number
  /** Tells its end, once. */
  close(status: Status): void
  /** The item as it stands. */
  value(): JsonObject
}

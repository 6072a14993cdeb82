import type { Call } from '../core/call.ts'
import type { Target } from '../core/target.ts'

/**
 * An order of targets: the first is tried, the rest are what to fall back on, what is left out is forbidden. Policies
 * chain: each sees what the one before it left. A policy that leaves something out says why in the call's notes.
 */
export type Policy = (targets: readonly Target[], call: Call) => readonly Target[]

/** Notes why a target was left out. */
export const skip = (call: Call, target: Target, reason: string): void => {
  call.notes.skipped ??= []
  call.notes.skipped.push({ target: target.id, reason })
}

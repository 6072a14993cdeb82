import type { CacheNote } from '../core/call.ts'
import type { KeptAnswer } from '../core/kept-answer.ts'

/** What is noted of a call that is answered by a kept answer of this age. */
export const noteOfKept = (
  { target, costNanos, firstTokenMs, durationMs }: KeptAnswer,
  { outcome, ageMs, isPaced }: Pick<CacheNote, 'outcome'> & { readonly ageMs: number; readonly isPaced: boolean },
): CacheNote => ({
  outcome,
  ageMs: Math.max(0, ageMs),
  target,
  ...(costNanos !== undefined && { savedNanos: costNanos }),
  // At its own pace only the wait for its first words is saved.
  savedMs: isPaced ? firstTokenMs : durationMs,
})

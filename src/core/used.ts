import type { Ending } from './afterwards.ts'
import { type Attempt, type AttemptLine, wasSent } from './call.ts'
import { paysItself } from './provider-key.ts'
import type { QueueLimits } from './queue-limits.ts'
import { inputTokens, outputTokens } from './usage.ts'

/** Tokens that an attempt used. `nothing`: it was never sent. Undefined: not known. */
export const usedOf = (
  line: AttemptLine,
  { error }: Ending,
): { readonly prompt: number; readonly output: number } | 'nothing' | undefined => {
  if (error !== undefined && !wasSent(line)) return 'nothing'
  const { usage } = line
  return usage && { prompt: inputTokens(usage), output: outputTokens(usage) }
}

/** How an attempt waits for its target; undefined: it does not. Whoever pays itself has a quota of its own there. */
export const queueOf = (attempt: Attempt): QueueLimits | undefined => {
  const { queue } = attempt
  if (!queue || attempt.request.operation === 'count_tokens' || paysItself(attempt)) return undefined
  return queue
}

import type { LanguageModelV4FinishReason, LanguageModelV4Usage } from '@ai-sdk/provider'
import type { Delta, FinishReason } from '../../core/delta.ts'
import { GatewayError } from '../../core/errors.ts'
import { noUsage, type Usage } from '../../core/usage.ts'

const reasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  length: 'length',
  'content-filter': 'content_filter',
  'tool-calls': 'tool_calls',
  other: 'other',
}

/** Tokens in disjoint parts; undefined where the model told nothing. */
export const usageOf = ({ inputTokens, outputTokens }: LanguageModelV4Usage): Usage | undefined => {
  const { total: input, noCache, cacheRead = 0, cacheWrite = 0 } = inputTokens
  const { total: output, text, reasoning = 0 } = outputTokens
  const fresh = noCache ?? (input === undefined ? undefined : Math.max(0, input - cacheRead - cacheWrite))
  const said = text ?? (output === undefined ? undefined : Math.max(0, output - reasoning))
  if (fresh === undefined && said === undefined) return undefined
  return { ...noUsage, input: fresh ?? 0, cacheRead, cacheWriteShort: cacheWrite, output: said ?? 0, reasoning }
}

/** How an answer ends. Throws where the model says that it did not end well. */
export const endOf = (finish: LanguageModelV4FinishReason, usage: LanguageModelV4Usage, target: string): Delta[] => {
  if (finish.unified === 'error' || finish.unified === 'interrupted') {
    throw new GatewayError('upstream_failed', `${target} broke its answer off (${finish.raw ?? finish.unified}).`, {
      outcome: finish.unified === 'error' ? 'server' : 'ambiguous',
    })
  }
  const told = usageOf(usage)
  return [
    ...(told ? [{ kind: 'usage', usage: told } as const] : []),
    { kind: 'finish', choice: 0, reason: reasons[finish.unified] ?? 'other', native: finish.raw },
    { kind: 'end' },
  ]
}

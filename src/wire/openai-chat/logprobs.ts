import type { LogProbs, TokenLogProb } from '../../core/delta.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { readTokens, writeTokens } from '../openai/log-probs.ts'

/** Log-probabilities of a choice; undefined where there are none. */
export const readLogProbs = (value: JsonValue | undefined, choice: number): LogProbs | undefined => {
  if (!isObject(value)) return undefined
  const content = readTokens(value.content)
  const refusal = readTokens(value.refusal)
  return content.length + refusal.length > 0 ? { kind: 'logprobs', choice, content, refusal } : undefined
}

const orNull = (tokens: readonly TokenLogProb[]): JsonValue => (tokens.length === 0 ? null : writeTokens(tokens))

/** Log-probabilities as this language writes them. */
export const writeLogProbs = ({ content, refusal }: Omit<LogProbs, 'kind' | 'choice'>): JsonObject => ({
  content: orNull(content),
  refusal: orNull(refusal),
})

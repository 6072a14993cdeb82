import type { LogProbs, TokenLogProb } from '../../core/delta.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'

const one = (value: JsonValue | undefined): { readonly token: string; readonly logProb: number } | undefined =>
  isObject(value) && typeof value.token === 'string'
    ? { token: value.token, logProb: typeof value.logProbability === 'number' ? value.logProbability : 0 }
    : undefined

const topAt = (lists: JsonValue | undefined, index: number): TokenLogProb['top'] => {
  const list: JsonValue | undefined = Array.isArray(lists) ? lists[index] : undefined
  const candidates = isObject(list) && Array.isArray(list.candidates) ? list.candidates : []
  return candidates.map(one).filter((entry) => entry !== undefined)
}

/** `logprobsResult` of a candidate; undefined when it tells nothing. A probability of one is left out there. */
export const readLogProbs = (value: JsonValue | undefined, choice: number): LogProbs | undefined => {
  if (!isObject(value) || !Array.isArray(value.chosenCandidates)) return undefined
  const content: TokenLogProb[] = []
  for (const [index, chosen] of value.chosenCandidates.entries()) {
    const token = one(chosen)
    if (token) content.push({ ...token, top: topAt(value.topCandidates, index) })
  }
  return content.length === 0 ? undefined : { kind: 'logprobs', choice, content, refusal: [] }
}

const written = ({ token, logProb }: { readonly token: string; readonly logProb: number }): JsonObject => ({
  token,
  logProbability: logProb,
})

/** Log-probabilities in Google's words. */
export const writeLogProbs = (content: readonly TokenLogProb[]): JsonObject => ({
  chosenCandidates: content.map(written),
  topCandidates: content.some(({ top }) => top.length > 0)
    ? content.map(({ top }) => ({ candidates: top.map(written) }))
    : undefined,
})

import type { LogProbs, TokenLogProb } from '../../core/delta.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'

type TopLogProb = TokenLogProb['top'][number]

const readBytes = (value: JsonValue | undefined): readonly number[] | null | undefined =>
  Array.isArray(value) ? (value as readonly number[]) : value === null ? null : undefined

const readTop = (value: JsonValue): TopLogProb | undefined =>
  isObject(value) && typeof value.token === 'string' && typeof value.logprob === 'number'
    ? { token: value.token, logProb: value.logprob, bytes: readBytes(value.bytes) }
    : undefined

const listOf = (value: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(value) ? value : [])

const readTokens = (value: JsonValue | undefined): TokenLogProb[] =>
  listOf(value).flatMap((entry) => {
    const token = readTop(entry)
    if (!token) return []
    return [{ ...token, top: listOf((entry as JsonObject).top_logprobs).flatMap((top) => readTop(top) ?? []) }]
  })

/** Log-probabilities of a choice; undefined where there are none. */
export const readLogProbs = (value: JsonValue | undefined, choice: number): LogProbs | undefined => {
  if (!isObject(value)) return undefined
  const content = readTokens(value.content)
  const refusal = readTokens(value.refusal)
  return content.length + refusal.length > 0 ? { kind: 'logprobs', choice, content, refusal } : undefined
}

const writeTop = ({ token, logProb, bytes }: TopLogProb): JsonObject => ({
  token,
  logprob: logProb,
  bytes: bytes ?? null,
})

const writeTokens = (tokens: readonly TokenLogProb[]): JsonValue =>
  tokens.length === 0 ? null : tokens.map((token) => ({ ...writeTop(token), top_logprobs: token.top.map(writeTop) }))

/** Log-probabilities as this language writes them. */
export const writeLogProbs = ({ content, refusal }: Omit<LogProbs, 'kind' | 'choice'>): JsonObject => ({
  content: writeTokens(content),
  refusal: writeTokens(refusal),
})

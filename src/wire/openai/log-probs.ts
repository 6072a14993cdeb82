import type { TokenLogProb } from '../../core/delta.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'

type TopLogProb = TokenLogProb['top'][number]

const readBytes = (value: JsonValue | undefined): readonly number[] | null | undefined =>
  Array.isArray(value) ? (value as readonly number[]) : value === null ? null : undefined

const readTop = (value: JsonValue): TopLogProb | undefined =>
  isObject(value) && typeof value.token === 'string' && typeof value.logprob === 'number'
    ? { token: value.token, logProb: value.logprob, bytes: readBytes(value.bytes) }
    : undefined

const listOf = (value: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(value) ? value : [])

/** Tokens with their probabilities; what is none is left out. */
export const readTokens = (value: JsonValue | undefined): TokenLogProb[] =>
  listOf(value).flatMap((entry) => {
    const token = readTop(entry)
    if (!token) return []
    return [{ ...token, top: listOf((entry as JsonObject).top_logprobs).flatMap((top) => readTop(top) ?? []) }]
  })

const writeTop = ({ token, logProb, bytes }: TopLogProb): JsonObject => ({
  token,
  logprob: logProb,
  bytes: bytes ?? null,
})

/** Tokens with their probabilities, as OpenAI writes them. */
export const writeTokens = (tokens: readonly TokenLogProb[]): JsonObject[] =>
  tokens.map((token) => ({ ...writeTop(token), top_logprobs: token.top.map(writeTop) }))

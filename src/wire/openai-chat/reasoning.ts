import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isObject } from '../../core/json.ts'
import type { ReasoningPart, ReasoningRequest } from '../../core/request.ts'
import { wireName } from './name.ts'

/** Formats that compatible providers name, such as `anthropic-claude-v1`; all other names are those of our wires. */
const ofProviders = /^[a-z0-9-]+-v\d+$/

/**
 * Whose thinking an entry of `reasoning_details` is. A provider's format stays its name, since it must come back with
 * the proof; a format that is not named is this wire's own.
 */
export const originOf = ({ format }: JsonObject): string =>
  typeof format !== 'string' || format === '' || format === 'unknown' ? wireName : format

/** May thinking of this origin go back to providers of this language? */
export const isOwn = (origin: string): boolean => origin === wireName || ofProviders.test(origin)

/** What an entry says: text with its signature, or data that stays closed. */
export const readDetail = (detail: JsonObject): Omit<ReasoningPart, 'kind'> => ({
  text: typeof detail.text === 'string' ? detail.text : typeof detail.summary === 'string' ? detail.summary : '',
  signature: typeof detail.signature === 'string' && detail.signature !== '' ? detail.signature : undefined,
  redacted: typeof detail.data === 'string' ? detail.data : undefined,
  origin: originOf(detail),
})

const continues = (last: ReasoningPart, next: Omit<ReasoningPart, 'kind'>): boolean =>
  last.origin === next.origin && last.redacted === undefined && next.redacted === undefined

/**
 * Thinking of earlier turns as clients send it back; pieces of a stream that a client has kept apart are joined by
 * index.
 */
export const readDetails = (details: readonly JsonValue[]): ReasoningPart[] => {
  const parts: ReasoningPart[] = []
  let lastIndex: JsonValue | undefined
  for (const detail of details) {
    if (!isObject(detail)) continue
    const next = readDetail(detail)
    const last = parts.at(-1)
    if (last && detail.index !== undefined && detail.index === lastIndex && continues(last, next)) {
      parts[parts.length - 1] = { ...last, text: last.text + next.text, signature: next.signature ?? last.signature }
    } else parts.push({ kind: 'reasoning', ...next })
    lastIndex = detail.index
  }
  return parts
}

/** An entry of `reasoning_details` that this wire reads back with its origin; what had no format gets none. */
export const writeDetail = (
  { text, signature, redacted, origin }: Omit<ReasoningPart, 'kind'>,
  index: number,
): JsonObject => {
  const format = origin === wireName ? undefined : origin
  return redacted === undefined
    ? { type: 'reasoning.text', text, signature, format, index }
    : { type: 'reasoning.encrypted', data: redacted, format, index }
}

const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const

/** A known word for how much to think. */
export const effortOf = (value: JsonValue | undefined): ReasoningRequest['effort'] | undefined =>
  efforts.find((effort) => effort === value)

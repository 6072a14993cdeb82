import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isObject } from '../../core/json.ts'
import type { ReasoningPart, ReasoningRequest } from '../../core/request.ts'
import { wireName } from './name.ts'

/**
 * Whose thinking an entry of `reasoning_details` is. Compatible providers name formats like `anthropic-claude-v1`,
 * which go back to them alone, as this wire's own; every other name is one of our wires', written by our writer.
 */
export const originOf = (detail: JsonObject): string => {
  const format = detail.format
  if (typeof format !== 'string' || format === '' || format === 'unknown' || /-v\d+$/.test(format)) return wireName
  return format
}

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

/** An entry of `reasoning_details` that this wire reads back with its origin. */
export const writeDetail = (part: Omit<ReasoningPart, 'kind'>, index: number): JsonObject =>
  part.redacted === undefined
    ? { type: 'reasoning.text', text: part.text, signature: part.signature, format: part.origin, index }
    : { type: 'reasoning.encrypted', data: part.redacted, format: part.origin, index }

const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const

/** A known word for how much to think. */
export const effortOf = (value: JsonValue | undefined): ReasoningRequest['effort'] | undefined =>
  efforts.find((effort) => effort === value)

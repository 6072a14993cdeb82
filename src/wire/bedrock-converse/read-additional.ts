import { invalid } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { ReasoningRequest } from '../../core/request.ts'
import { isGiven, type Reading } from './reading.ts'

/** What a model's own fields say in neutral words. */
export interface Additional {
  readonly reasoning?: ReasoningRequest
  readonly topK?: number
}

const displays: ReadonlyMap<JsonValue | undefined, Pick<ReasoningRequest, 'show'>> = new Map<
  JsonValue | undefined,
  Pick<ReasoningRequest, 'show'>
>([
  [undefined, {}],
  ['summarized', { show: true }],
  ['omitted', { show: false }],
])

const isBudget = (value: JsonValue | undefined): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value < 2 ** 31

const modes: ReadonlyMap<JsonValue | undefined, ReasoningRequest['mode']> = new Map([
  ['enabled', 'on'],
  ['adaptive', 'adaptive'],
  ['disabled', 'off'],
])

const thinkingFields: ReadonlySet<string> = new Set(['type', 'budget_tokens', 'display'])

/** Claude's thinking; undefined for what has no neutral word. It is the model's own field, and its maker checks it. */
const readThinking = (value: JsonValue): ReasoningRequest | undefined => {
  if (!isObject(value) || Object.keys(value).some((key) => !thinkingFields.has(key))) return undefined
  const mode = modes.get(value.type)
  const display = displays.get(value.display)
  const { budget_tokens: budget } = value
  if (mode === undefined || display === undefined || (mode === 'on') !== isBudget(budget)) return undefined
  if (mode === 'on') return { mode, budget: budget as number, ...display }
  if (budget !== undefined || (mode === 'off' && value.display !== undefined)) return undefined
  return { mode, ...display }
}

type FieldReader = (value: JsonValue) => Additional | undefined

const readers: ReadonlyMap<string, FieldReader> = new Map<string, FieldReader>([
  [
    'thinking',
    (value) => {
      const reasoning = readThinking(value)
      return reasoning && { reasoning }
    },
  ],
  [
    'top_k',
    (value) => (typeof value === 'number' && Number.isInteger(value) && value >= 0 ? { topK: value } : undefined),
  ],
])

/** `additionalModelRequestFields`: what a model takes beside what all of them take. */
export const readAdditional = (value: JsonValue, reading: Reading): Additional => {
  if (!isObject(value)) throw invalid('additionalModelRequestFields', 'must be an object')
  let read: Additional = {}
  for (const field in value as JsonObject) {
    const given = value[field]
    if (!isGiven(given)) continue
    const known = readers.get(field)?.(given)
    if (known) read = { ...read, ...known }
    else reading.untranslatable.push(`additionalModelRequestFields.${field}`)
  }
  return read
}

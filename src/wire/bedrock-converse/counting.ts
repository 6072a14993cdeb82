import { invalid } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { objectAt } from '../checks.ts'
import type { Counting } from '../wire.ts'
import { isGiven, memberOf } from './reading.ts'

/** The question whose tokens are to be counted. */
export const countedIn = (body: JsonObject): JsonObject => {
  const input = objectAt(body, 'input', '')
  if (memberOf(input, 'input') !== 'converse')
    throw invalid('input', "must be 'converse'; bodies of a model's own are not read here")
  return objectAt(input, 'converse', 'input')
}

const countedFields = ['messages', 'system', 'toolConfig', 'additionalModelRequestFields'] as const

/** A question as it is counted: what changes its answer alone is left out. */
export const toBeCounted = (sent: JsonObject): JsonObject => ({
  input: {
    converse: Object.fromEntries(
      countedFields.flatMap((field) => (isGiven(sent[field]) ? [[field, sent[field]]] : [])),
    ),
  },
})

/** `POST /model/{modelId}/count-tokens`. */
export const counting: Counting = {
  read: (body: JsonValue) => (isObject(body) && typeof body.inputTokens === 'number' ? body.inputTokens : undefined),
  write: (tokens) => JSON.stringify({ inputTokens: tokens }),
}

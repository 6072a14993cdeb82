import { invalid } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Format, ReasoningRequest } from '../../core/request.ts'
import type { ChatDraft } from '../openai/draft.ts'
import {
  arrayAt,
  booleanAt,
  filledAt,
  integerAt,
  maybe,
  nameAt,
  numberAt,
  objectAt,
  type Range,
  shortened,
  stringAt,
  wordAt,
} from '../openai/fields.ts'
import { effortOf } from './reasoning.ts'

/** A request while it is read. */
export interface Draft extends ChatDraft {
  wantsUsage: boolean
  logProbs: boolean
}

/** Reads one field that is neither absent nor null. */
export type FieldReader = (value: JsonValue, draft: Draft, field: string) => void

/** How many tokens may be asked for. */
export const mostTokens: Range = { least: 1, most: 2 ** 31 }
const bias: Range = { least: -100, most: 100 }
const mostBiases = 2048
const mostStops = 16
const longestStop = 4096

export const readStop: FieldReader = (value, { chat }) => {
  const list = typeof value === 'string' ? [value] : arrayAt(value, 'stop')
  if (list.length > mostStops) throw invalid('stop', `must not have more than ${mostStops} entries.`)
  chat.stop = list.map((entry, index) => {
    const path = typeof value === 'string' ? 'stop' : `stop[${index}]`
    const text = filledAt(entry, path)
    if (text.length > longestStop) throw invalid(path, `must not be longer than ${longestStop} characters.`)
    return text
  })
}

export const readBiases: FieldReader = (value, { chat }) => {
  const biases = objectAt(value, 'logit_bias')
  const tokens = Object.keys(biases)
  if (tokens.length > mostBiases) throw invalid('logit_bias', `must not have more than ${mostBiases} entries.`)
  for (const token of tokens) numberAt(biases[token], `logit_bias.${shortened(token)}`, bias)
  chat.logitBias = biases as Readonly<Record<string, number>>
}

const readSchema = (format: JsonObject): Format => {
  const path = 'response_format.json_schema'
  const given = objectAt(format.json_schema, path)
  return {
    kind: 'schema',
    name: nameAt(given.name, `${path}.name`, 64),
    schema: maybe(given.schema, `${path}.schema`, objectAt) ?? {},
    description: maybe(given.description, `${path}.description`, stringAt),
    strict: maybe(given.strict, `${path}.strict`, booleanAt),
  }
}

export const readFormat: FieldReader = (value, { chat, untranslatable }) => {
  const format = objectAt(value, 'response_format')
  const type = filledAt(format.type, 'response_format.type')
  if (type === 'json_schema') chat.format = readSchema(format)
  else if (type === 'json_object') chat.format = { kind: 'json' }
  else if (type === 'text') chat.format = { kind: 'text' }
  else untranslatable.push('response_format')
}

const addReasoning = ({ chat }: Draft, more: ReasoningRequest): void => {
  chat.reasoning = { ...chat.reasoning, ...more }
}

export const readEffort: FieldReader = (value, draft, field) => {
  const effort = effortOf(stringAt(value, field))
  if (effort) addReasoning(draft, { effort })
  else draft.untranslatable.push(field)
}

/** How OpenRouter and others ask for thinking. */
export const readReasoningObject: FieldReader = (value, draft, field) => {
  const given = objectAt(value, field)
  if (given.effort !== undefined && given.effort !== null) readEffort(given.effort, draft, `${field}.effort`)
  const budget = maybe(given.max_tokens, `${field}.max_tokens`, (tokens, path) => integerAt(tokens, path, mostTokens))
  const enabled = maybe(given.enabled, `${field}.enabled`, booleanAt)
  const exclude = maybe(given.exclude, `${field}.exclude`, booleanAt)
  if (budget !== undefined) addReasoning(draft, { budget })
  if (enabled !== undefined) addReasoning(draft, { mode: enabled ? 'on' : 'off' })
  if (exclude !== undefined) addReasoning(draft, { show: !exclude })
}

const modes = { enabled: 'on', disabled: 'off', adaptive: 'adaptive', auto: 'adaptive' } as const

/** How DeepSeek, GLM, Kimi and others ask for thinking. */
export const readThinkingObject: FieldReader = (value, draft, field) => {
  const given = objectAt(value, field)
  const type = wordAt(given.type, `${field}.type`, ['enabled', 'disabled', 'adaptive', 'auto'])
  addReasoning(draft, { mode: modes[type] })
  const path = `${field}.budget_tokens`
  const budget = maybe(given.budget_tokens, path, (tokens) => integerAt(tokens, path, mostTokens))
  if (budget !== undefined) addReasoning(draft, { budget })
}

export const readStreamOptions: FieldReader = (value, draft, field) => {
  const options = objectAt(value, field)
  draft.wantsUsage = maybe(options.include_usage, `${field}.include_usage`, booleanAt) ?? false
}

export const readModalities: FieldReader = (value, { chat }) => {
  const words = arrayAt(value, 'modalities')
  chat.modalities = words.map((word, index) => wordAt(word, `modalities[${index}]`, ['text', 'audio', 'image']))
}

export const readTopLogProbs: FieldReader = (value, { chat }) => {
  chat.logProbs = { top: integerAt(value, 'top_logprobs', { least: 0, most: 20 }) }
}

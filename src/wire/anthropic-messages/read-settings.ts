import { invalid } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Format, ReasoningRequest } from '../../core/request.ts'
import { objectAt, optionalText, textAt, wholeNumber } from '../checks.ts'
import { noteOthers, type Reading } from './reading.ts'

const thinkingFields: ReadonlySet<string> = new Set(['type', 'budget_tokens', 'display'])
const displays: ReadonlyMap<string | undefined, boolean | undefined> = new Map([
  [undefined, undefined],
  ['summarized', true],
  ['omitted', false],
])

const modes: ReadonlyMap<string, (thinking: JsonObject) => ReasoningRequest> = new Map([
  ['disabled', (): ReasoningRequest => ({ mode: 'off' })],
  ['adaptive', (): ReasoningRequest => ({ mode: 'adaptive' })],
  [
    'enabled',
    (thinking: JsonObject): ReasoningRequest => ({
      mode: 'on',
      budget: wholeNumber(thinking.budget_tokens ?? '', 'thinking.budget_tokens', 1),
    }),
  ],
])

/** How the model is to think. A mode we do not know is left to the provider. */
export const readThinking = (value: JsonValue, reading: Reading): ReasoningRequest | undefined => {
  if (!isObject(value)) throw invalid('thinking', 'must be an object')
  const mode = modes.get(textAt(value, 'type', 'thinking'))
  if (!mode) {
    reading.untranslatable.push('thinking')
    return undefined
  }
  noteOthers(value, thinkingFields, 'thinking', reading)
  const display = optionalText(value, 'display', 'thinking')
  if (!displays.has(display)) throw invalid('thinking.display', "must be 'summarized' or 'omitted'")
  const show = displays.get(display)
  return show === undefined ? mode(value) : { ...mode(value), show }
}

const efforts = ['low', 'medium', 'high', 'xhigh', 'max'] as const

const readEffort = (config: JsonObject): ReasoningRequest['effort'] => {
  const effort = optionalText(config, 'effort', 'output_config')
  if (effort === undefined) return undefined
  const known = efforts.find((name) => name === effort)
  if (!known) throw invalid('output_config.effort', `must be one of ${efforts.join(', ')}`)
  return known
}

const formatFields: ReadonlySet<string> = new Set(['type', 'schema'])

/** The schema an answer must satisfy. Anthropic gives it no name, which other languages need. */
export const readFormat = (value: JsonValue, path: string, reading: Reading): Format => {
  if (!isObject(value)) throw invalid(path, 'must be an object')
  if (value.type !== 'json_schema') throw invalid(`${path}.type`, "must be 'json_schema'")
  noteOthers(value, formatFields, path, reading)
  return { kind: 'schema', name: 'output', schema: objectAt(value, 'schema', path), strict: true }
}

const outputFields: ReadonlySet<string> = new Set(['effort', 'format'])

export interface OutputConfig {
  readonly effort: ReasoningRequest['effort']
  readonly format: Format | undefined
}

/** How much trouble the model takes, and the form of its answer. */
export const readOutputConfig = (value: JsonValue, reading: Reading): OutputConfig => {
  if (!isObject(value)) throw invalid('output_config', 'must be an object')
  noteOthers(value, outputFields, 'output_config', reading)
  const { format } = value
  return {
    effort: readEffort(value),
    format: format === undefined || format === null ? undefined : readFormat(format, 'output_config.format', reading),
  }
}

/** Texts that end the answer where the model writes them. */
export const readStop = (value: JsonValue): string[] => {
  if (!Array.isArray(value)) throw invalid('stop_sequences', 'must be an array')
  return value.map((text, index) => {
    if (typeof text !== 'string') throw invalid(`stop_sequences.${index}`, 'must be a string')
    return text
  })
}

/** Anthropic's `standard_only` is what other languages call the default tier. */
export const readServiceTier = (value: JsonValue): string => {
  if (value !== 'auto' && value !== 'standard_only') throw invalid('service_tier', "must be 'auto' or 'standard_only'")
  return value === 'auto' ? 'auto' : 'default'
}

import { invalid } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Chat, Format, ReasoningRequest } from '../../core/request.ts'
import { fraction, wholeNumber } from '../checks.ts'
import { fieldsOf, flagOf, isUnsaid, listOf, noteOthers, numberOf, objectOf, type Reading, textOf } from './fields.ts'
import { answerSchema, isStrict } from './schema.ts'

type Settings = { -readonly [Field in keyof Chat]?: Chat[Field] }

type FieldReader = (value: JsonValue, path: string, into: Settings, reading: Reading) => void

const seedOf = (value: JsonValue, path: string): number => {
  if (!Number.isInteger(value)) throw invalid(path, 'must be a whole number')
  return value as number
}

const stopOf = (value: JsonValue, path: string): string[] =>
  listOf(value, path).map((text, index) => textOf(text, `${path}.${index}`))

const modalities: ReadonlyMap<JsonValue, 'text' | 'audio' | 'image'> = new Map([
  ['TEXT', 'text'],
  ['AUDIO', 'audio'],
  ['IMAGE', 'image'],
])

const readModalities: FieldReader = (value, path, into, reading) => {
  const words = listOf(value, path)
  const known = words.map((word) => modalities.get(word)).filter((word) => word !== undefined)
  if (known.length < words.length) reading.untranslatable.push(path)
  if (known.length > 0) into.modalities = known
}

const thinkingFields: ReadonlySet<string> = new Set(['includeThoughts', 'thinkingBudget', 'thinkingLevel'])
const levels = ['minimal', 'low', 'medium', 'high', 'xhigh'] as const

const modeOf = (budget: JsonValue, path: string): ReasoningRequest => {
  if (budget === -1) return { mode: 'adaptive' }
  const tokens = wholeNumber(budget, path, 0)
  return tokens === 0 ? { mode: 'off' } : { mode: 'on', budget: tokens }
}

const effortOf = (level: JsonValue, path: string): ReasoningRequest['effort'] => {
  const word = textOf(level, path).toLowerCase()
  if (word === 'thinking_level_unspecified') return undefined
  const known = levels.find((each) => each === word)
  if (!known) throw invalid(path, `must be one of ${levels.map((each) => each.toUpperCase()).join(', ')}`)
  return known
}

const readThinking: FieldReader = (value, path, into, reading) => {
  const config = fieldsOf(value, path)
  noteOthers(config, thinkingFields, path, reading)
  const { includeThoughts, thinkingBudget, thinkingLevel } = config
  const mode = isUnsaid(thinkingBudget) ? {} : modeOf(thinkingBudget, `${path}.thinkingBudget`)
  const effort = isUnsaid(thinkingLevel) ? undefined : effortOf(thinkingLevel, `${path}.thinkingLevel`)
  const show = isUnsaid(includeThoughts) ? undefined : flagOf(includeThoughts, `${path}.includeThoughts`)
  const wish = { ...mode, ...(effort && { effort }), ...(show !== undefined && { show }) }
  // Not to be shown is the default, and no wish to think.
  if (show === true || Object.keys(mode).length > 0 || effort !== undefined) into.reasoning = wish
}

const readers: ReadonlyMap<string, FieldReader> = new Map<string, FieldReader>([
  ['temperature', (value, path, into) => (into.temperature = numberOf(value, path))],
  ['topP', (value, path, into) => (into.topP = fraction(value, path))],
  ['topK', (value, path, into) => (into.topK = wholeNumber(value, path, 0))],
  ['candidateCount', (value, path, into) => (into.choices = wholeNumber(value, path, 1))],
  ['maxOutputTokens', (value, path, into) => (into.maxOutput = wholeNumber(value, path, 1))],
  ['stopSequences', (value, path, into) => (into.stop = stopOf(value, path))],
  ['presencePenalty', (value, path, into) => (into.presencePenalty = numberOf(value, path))],
  ['frequencyPenalty', (value, path, into) => (into.frequencyPenalty = numberOf(value, path))],
  ['seed', (value, path, into) => (into.seed = seedOf(value, path))],
  ['responseModalities', readModalities],
  ['thinkingConfig', readThinking],
])

const together: ReadonlySet<string> = new Set([
  ...readers.keys(),
  ...[
    'responseMimeType',
    'responseSchema',
    'responseJsonSchema',
    '_responseJsonSchema',
    'responseLogprobs',
    'logprobs',
  ],
])

const readFormat = (config: JsonObject, path: string, reading: Reading): Format | undefined => {
  const { responseMimeType, responseSchema } = config
  const jsonSchema = isUnsaid(config.responseJsonSchema) ? config._responseJsonSchema : config.responseJsonSchema
  const mime = isUnsaid(responseMimeType) ? undefined : textOf(responseMimeType, `${path}.responseMimeType`)
  if (mime !== undefined && mime !== 'application/json' && mime !== 'text/plain') {
    reading.untranslatable.push(`${path}.responseMimeType`)
    return undefined
  }
  const schema = !isUnsaid(jsonSchema)
    ? objectOf(jsonSchema, `${path}.responseJsonSchema`)
    : isUnsaid(responseSchema)
      ? undefined
      : answerSchema(objectOf(responseSchema, `${path}.responseSchema`))
  // Google gives it no name, which other languages need.
  if (schema) return { kind: 'schema', name: 'output', schema, strict: isStrict(schema) || undefined }
  return mime && (mime === 'application/json' ? { kind: 'json', any: true } : { kind: 'text' })
}

const readLogProbs = ({ responseLogprobs, logprobs }: JsonObject, path: string): Chat['logProbs'] => {
  const top = isUnsaid(logprobs) ? 0 : wholeNumber(logprobs, `${path}.logprobs`, 0)
  if (isUnsaid(responseLogprobs)) return undefined
  return flagOf(responseLogprobs, `${path}.responseLogprobs`) ? { top } : undefined
}

/** `generationConfig`: how the answer is made. */
export const readConfig = (value: JsonValue, path: string, reading: Reading): Settings => {
  const config = fieldsOf(value, path)
  noteOthers(config, together, path, reading)
  const settings: Settings = {}
  for (const [field, read] of readers) {
    const given = config[field]
    if (!isUnsaid(given)) read(given, `${path}.${field}`, settings, reading)
  }
  const format = readFormat(config, path, reading)
  const logProbs = readLogProbs(config, path)
  return { ...settings, ...(format && { format }), ...(logProbs && { logProbs }) }
}

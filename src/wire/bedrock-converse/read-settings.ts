import { invalid } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { parseJson } from '../../core/parse-json.ts'
import type { Format, ReasoningRequest } from '../../core/request.ts'
import { fraction, nameAt, objectAt, optionalText, wholeNumber } from '../checks.ts'
import { isGiven, memberOf, noteOthers, type Reading } from './reading.ts'

const inferenceFields: ReadonlySet<string> = new Set(['maxTokens', 'temperature', 'topP', 'stopSequences'])

export interface Inference {
  readonly maxOutput?: number
  readonly temperature?: number
  readonly topP?: number
  readonly stop?: readonly string[]
}

const readStop = (value: JsonValue): string[] => {
  const path = 'inferenceConfig.stopSequences'
  if (!Array.isArray(value)) throw invalid(path, 'must be an array')
  return value.map((text, index) => {
    if (typeof text !== 'string') throw invalid(`${path}.${index}`, 'must be a string')
    return text
  })
}

/** How the answer is sampled and where it ends. */
export const readInference = (value: JsonValue, reading: Reading): Inference => {
  if (!isObject(value)) throw invalid('inferenceConfig', 'must be an object')
  noteOthers(value, inferenceFields, 'inferenceConfig', reading)
  const { maxTokens, temperature, topP, stopSequences } = value
  return {
    ...(isGiven(maxTokens) && { maxOutput: wholeNumber(maxTokens, 'inferenceConfig.maxTokens', 1) }),
    ...(isGiven(temperature) && { temperature: fraction(temperature, 'inferenceConfig.temperature') }),
    ...(isGiven(topP) && { topP: fraction(topP, 'inferenceConfig.topP') }),
    ...(isGiven(stopSequences) && { stop: readStop(stopSequences) }),
  }
}

const schemaFields: ReadonlySet<string> = new Set(['schema', 'name', 'description'])

/** The schema comes as text; it is read within the limits of a body. */
const parseSchema = (text: string, path: string): JsonObject => {
  try {
    return parseJson(Buffer.from(text, 'utf8'))
  } catch (error) {
    throw invalid(path, `must be the text of a JSON Schema: ${(error as Error).message}`)
  }
}

const readTextFormat = (config: JsonObject, reading: Reading): Format | undefined => {
  if (!isGiven(config.textFormat)) return undefined
  const path = 'outputConfig.textFormat'
  const format = objectAt(config, 'textFormat', 'outputConfig')
  if (format.type !== 'json_schema') throw invalid(`${path}.type`, "must be 'json_schema'")
  const structure = objectAt(format, 'structure', path)
  if (memberOf(structure, `${path}.structure`) !== 'jsonSchema')
    throw invalid(`${path}.structure`, "must be 'jsonSchema'")
  const definition = objectAt(structure, 'jsonSchema', `${path}.structure`)
  const where = `${path}.structure.jsonSchema`
  noteOthers(definition, schemaFields, where, reading)
  return {
    kind: 'schema',
    name: optionalText(definition, 'name', where) || 'output',
    schema: parseSchema(nameAt(definition, 'schema', where), `${where}.schema`),
    description: optionalText(definition, 'description', where),
    strict: true,
  }
}

const efforts = ['low', 'medium', 'high', 'xhigh', 'max'] as const
const outputFields: ReadonlySet<string> = new Set(['effort', 'textFormat'])

export interface OutputConfig {
  readonly effort: ReasoningRequest['effort']
  readonly format: Format | undefined
}

/** How much trouble the model takes, and the form of its answer. */
export const readOutputConfig = (value: JsonValue, reading: Reading): OutputConfig => {
  if (!isObject(value)) throw invalid('outputConfig', 'must be an object')
  noteOthers(value, outputFields, 'outputConfig', reading)
  const effort = optionalText(value, 'effort', 'outputConfig')
  const known = efforts.find((name) => name === effort)
  if (effort !== undefined && !known) reading.untranslatable.push('outputConfig.effort')
  return { effort: known, format: readTextFormat(value, reading) }
}

const tierFields: ReadonlySet<string> = new Set(['type'])

/** Amazon's tiers have the names that other languages know: default, priority, flex; one is Amazon's own, reserved. */
export const readServiceTier = (value: JsonValue, reading: Reading): string => {
  if (!isObject(value)) throw invalid('serviceTier', 'must be an object')
  noteOthers(value, tierFields, 'serviceTier', reading)
  return nameAt(value, 'type', 'serviceTier')
}

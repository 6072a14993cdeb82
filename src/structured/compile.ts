import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { JsonObject, JsonValue } from '../core/json.ts'
import type { Violation } from '../core/output-rules.ts'
import { linearPattern } from './linear-pattern.ts'
import { modernise } from './modernise.ts'

/** Says where a value breaks a schema; empty: nowhere. */
export type Validate = (value: JsonValue) => readonly Violation[]

/** Of many violations so many are told: a model that is asked again reads no more. */
const mostViolations = 20

/** A pattern of a caller, as the validator wants one: theirs can otherwise hold a thread for minutes. */
const linear = (pattern: string): { test(text: string): boolean; toString(): string } => ({
  test: linearPattern(pattern),
  // The validator takes two patterns for one unless their texts differ.
  toString: () => `linear:${JSON.stringify(pattern)}`,
})
// The name under which code is generated for it; no code is.
linear.code = 'linear'

/**
 * Makes what checks values against a schema. Takes as long as the schema is wicked: to be run where it can be stopped.
 * Throws an Error with a sentence for whoever wrote the schema.
 */
export const compileSchema = (schema: JsonObject): Validate => {
  // A validator that is shared would keep every schema it ever saw.
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    validateFormats: true,
    validateSchema: false,
    logger: false,
    code: { regExp: linear as never },
  })
  addFormats.default(ajv, {
    mode: 'full',
    formats: [
      'date',
      'time',
      'date-time',
      'duration',
      'uri',
      'uri-reference',
      'email',
      'hostname',
      'ipv4',
      'ipv6',
      'uuid',
      'json-pointer',
      'uri-template',
    ],
  })
  const validate = ajv.compile(modernise(schema))
  return (value) => {
    if (validate(value)) return []
    return (validate.errors ?? []).slice(0, mostViolations).map(violation)
  }
}

const violation = ({ instancePath, message = 'is not valid', keyword, params }: ErrorObject): Violation => ({
  pointer: instancePath,
  message: detailed(message, params),
  keyword,
})

const detailed = (message: string, params: Readonly<Record<string, unknown>>): string => {
  if (Array.isArray(params.allowedValues))
    return `${message}: ${params.allowedValues
      .slice(0, 20)
      .map((each) => JSON.stringify(each))
      .join(', ')}`
  if (typeof params.additionalProperty === 'string') return `${message}: ${JSON.stringify(params.additionalProperty)}`
  return message
}

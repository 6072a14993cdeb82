import type { Delta } from '../core/delta.ts'
import { asGatewayError, GatewayError, invalid } from '../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'
import type { OutputRules, Violation } from '../core/output-rules.ts'
import { readLoosely } from '../structured/read-value.ts'
import type { ChatRequest } from './chat-request.ts'
import type { ChatAnswer } from './collect.ts'

/** A schema of any library that keeps to the Standard Schema (Zod, Valibot, ArkType, …), with its JSON Schema. */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    validate(value: unknown): StandardResult<Output> | Promise<StandardResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
    readonly jsonSchema?: { input(options: { readonly target: string }): Record<string, unknown> } | undefined
  }
}

type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

interface StandardIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** What a program wants as a value. */
export interface ObjectRequest<T> extends Omit<ChatRequest, 'messages'> {
  /** What is asked; or `messages`. */
  readonly prompt?: string | undefined
  readonly messages?: readonly object[] | undefined
  /** A schema of a library, or a JSON Schema. */
  readonly schema: StandardSchema<T> | JsonObject
  /** What the model reads as the name of what it is to say. Default `answer`. */
  readonly name?: string | undefined
  /** The value when no model gave a valid one. Default: an error. */
  readonly fallback?: T | undefined
  /** What is demanded beyond the schema: why a value is not good, or nothing where it is. */
  readonly validate?: ((value: T) => string | undefined | Promise<string | undefined>) | undefined
  /** How often a model is asked, the first time included, 1 to 3. Default 2. */
  readonly attempts?: number | undefined
  /**
   * What happens to a value that is not good: the model is asked again (`retry`, the default); the `fallback` is taken
   * at once (`default`); or a function gets what was wrong after the last time, and gives the value or throws.
   */
  readonly onInvalid?: 'retry' | 'default' | ((issues: readonly ObjectIssue[]) => T | Promise<T>) | undefined
}

/** What is wrong with a value. */
export interface ObjectIssue {
  /** A JSON pointer into it; empty: the value itself. */
  readonly pointer: string
  readonly message: string
}

/** What came of asking for a value, when failing is no exception. What it took is unknown where there was no answer. */
export type ObjectResult<T> =
  | {
      readonly success: true
      readonly data: T
      readonly attempts: number | undefined
      readonly costUsd: string | undefined
    }
  | {
      readonly success: false
      readonly error: GatewayError
      readonly attempts: number | undefined
      readonly costUsd: string | undefined
    }

/** A value that grows while it comes: any part of it may be missing. */
export type Partially<T> = T extends readonly (infer Item)[]
  ? readonly Partially<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]?: Partially<T[Key]> }
    : T

/** How the gateway is asked for an answer. */
export interface Asking {
  chat(request: ChatRequest, output: OutputRules): Promise<ChatAnswer>
  stream(request: ChatRequest, output: OutputRules): AsyncIterable<Delta>
}

interface Prepared<T> {
  readonly request: ChatRequest
  readonly output: OutputRules
  parse(text: string): Promise<T>
}

/** A value, and the answer that it stood in; undefined where the program gave it. */
interface Given<T> {
  readonly data: T
  readonly answer: ChatAnswer | undefined
}

/** Asks for a value, and gives it with what it took. Throws GatewayError `output_invalid` when no model gave one. */
export const askForObject = async <T>(wanted: ObjectRequest<T>, asking: Asking): Promise<Given<T>> => {
  const { request, output, parse } = prepare(wanted)
  const { onInvalid } = wanted
  try {
    const answer = await asking.chat(request, output)
    return { data: await parse(answer.text), answer }
  } catch (thrown) {
    if (typeof onInvalid !== 'function' || asGatewayError(thrown).code !== 'output_invalid') throw thrown
    return { data: await onInvalid(issuesOf(asGatewayError(thrown))), answer: undefined }
  }
}

/** The same, with the error as a value. */
export const tryObject = async <T>(wanted: ObjectRequest<T>, asking: Asking): Promise<ObjectResult<T>> => {
  try {
    const { data, answer } = await askForObject(wanted, asking)
    return { success: true, data, attempts: answer?.attempts, costUsd: answer?.costUsd }
  } catch (thrown) {
    const error = asGatewayError(thrown)
    const { attempts, cost_usd } = error.details.facts ?? {}
    return {
      success: false,
      error,
      attempts: typeof attempts === 'number' ? attempts : undefined,
      costUsd: typeof cost_usd === 'string' ? cost_usd : undefined,
    }
  }
}

const issuesOf = ({ details }: GatewayError): readonly ObjectIssue[] => {
  const found = details.facts?.violations
  return Array.isArray(found) ? (found as unknown as readonly ObjectIssue[]) : []
}

/** Gives a value as it grows; the last one is whole and valid. Throws where it cannot become so. */
export async function* growObject<T>(wanted: ObjectRequest<T>, asking: Asking): AsyncGenerator<Partially<T>> {
  const { request, output, parse } = prepare(wanted)
  let text = ''
  for await (const delta of asking.stream(request, output)) {
    if (delta.kind !== 'text' || delta.choice !== 0) continue
    text += delta.text
    const { value } = readLoosely(text)
    if (isObject(value) || Array.isArray(value)) yield value as Partially<T>
  }
  yield (await parse(text)) as Partially<T>
}

const prepare = <T>(wanted: ObjectRequest<T>): Prepared<T> => {
  const { schema, prompt, messages, name = 'answer', fallback, validate, attempts = 2, onInvalid, ...rest } = wanted
  if ((prompt === undefined) === (messages === undefined)) throw invalid('prompt', 'give either it or `messages`')
  if (!Number.isInteger(attempts) || attempts < 1 || attempts > 3) throw invalid('attempts', 'must be 1 to 3')
  if (onInvalid === 'default' && fallback === undefined) throw invalid('onInvalid', 'needs a `fallback`')
  const standard = isStandard(schema) ? schema : undefined
  const parse = async (value: JsonValue): Promise<StandardResult<T>> =>
    standard ? standard['~standard'].validate(value) : { value: value as T }
  return {
    request: {
      ...rest,
      model: wanted.model as string,
      messages: messages ?? [{ role: 'user', content: prompt }],
      response_format: { type: 'json_schema', json_schema: { name, schema: jsonSchemaOf(schema), strict: false } },
    },
    output: {
      attempts: onInvalid === 'default' ? 1 : attempts,
      fallback: [],
      mode: 'incremental',
      rules: [],
      ...(fallback === undefined ? {} : { default: fallback as JsonValue }),
      check: (value) => violationsOf(value, parse, validate),
    },
    parse: async (text) => {
      const value = JSON.parse(text) as JsonValue
      const parsed = await parse(value)
      // The value in place of one need not satisfy what was demanded.
      if (parsed.issues) return value as T
      return parsed.value
    },
  }
}

const isStandard = <T>(schema: StandardSchema<T> | JsonObject): schema is StandardSchema<T> => '~standard' in schema

/** What a model is told. Throws `invalid_request` for a schema that cannot say it. */
const jsonSchemaOf = <T>(schema: StandardSchema<T> | JsonObject): object => {
  if (!isStandard(schema)) return schema
  const { jsonSchema, vendor } = schema['~standard']
  if (!jsonSchema)
    throw invalid(
      'schema',
      `${vendor} does not give a JSON Schema for it (\`~standard.jsonSchema\`); give one yourself`,
    )
  return jsonSchema.input({ target: 'draft-2020-12' })
}

const violationsOf = async <T>(
  value: JsonValue,
  parse: (value: JsonValue) => Promise<StandardResult<T>>,
  validate: ObjectRequest<T>['validate'],
): Promise<readonly Violation[]> => {
  try {
    const parsed = await parse(value)
    if (parsed.issues) return parsed.issues.map(violation)
    const problem = await validate?.(parsed.value)
    return problem === undefined ? [] : [{ pointer: '', message: problem, keyword: 'validate' }]
  } catch (cause) {
    throw new GatewayError('internal', 'What the program demands of the answer could not be checked.', { cause })
  }
}

const violation = ({ message, path = [] }: StandardIssue): Violation => ({
  pointer: path
    .map(
      (part) =>
        `/${String(typeof part === 'object' ? part.key : part)
          .replaceAll('~', '~0')
          .replaceAll('/', '~1')}`,
    )
    .join(''),
  message,
  keyword: 'validate',
})

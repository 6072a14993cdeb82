import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { GatewayError, invalid } from '../core/errors.ts'
import { isObject, type JsonObject } from '../core/json.ts'
import { overrides } from '../core/overrides.ts'
import { parseJson } from '../core/parse-json.ts'
import type { Raw } from '../core/raw.ts'
import { noChat, type Operation, type Request } from '../core/request.ts'
import { boundaryOf, type FormField, formFields, withField } from './multipart.ts'
import { modelIn, type Passed, passedHeaders } from './passthrough.ts'

const longestModel = 256
const jsonType = /^application\/json(?: *; *charset="?utf-8"?)?$/i

/** What came in at a door whose requests pass unread. */
export interface RawArrival {
  readonly operation: Operation
  readonly method: string
  readonly headers: IncomingHttpHeaders
}

/** A request without words of ours. */
const requestOf = (
  operation: Operation,
  raw: Raw,
  more: { readonly model: string; readonly stream: boolean },
): Request => ({
  operation,
  wire: 'raw',
  wantsUsage: false,
  body: undefined,
  chat: noChat,
  raw,
  untranslatable: [],
  ...more,
})

/** Whether a body can be read here to find what model it names, so that it must be held whole. */
export const isJson = (headers: IncomingHttpHeaders): boolean => jsonType.test(headers['content-type'] ?? '')

/** A request to whatever a caller names at a provider. */
export const passedRequest = (arrival: RawArrival, passed: Passed, body: Buffer | Readable | undefined): Request => {
  const { operation, method, headers } = arrival
  const json = Buffer.isBuffer(body) && isJson(headers) ? readable(body) : undefined
  // Where the path names it, the body's word counts for nothing at the provider either.
  const named = modelIn(passed.path) ?? (typeof json?.model === 'string' && json.model !== '' ? json.model : undefined)
  const model = `${passed.provider}/${named ?? '*'}`
  const raw: Raw = { method, path: passed.path, headers: passedHeaders(headers), body, replaySafe: false }
  return requestOf(operation, raw, {
    model: model.length > longestModel ? `${passed.provider}/*` : model,
    stream: json?.stream === true || /stream/i.test(passed.path),
  })
}

/** What cannot be read here is the provider's to judge: only its name of the model stays unknown. */
const readable = (body: Buffer): JsonObject | undefined => {
  try {
    const value: unknown = parseJson(body)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Headers that say what a body is, and what is to come back. */
const headersOfBody = ['content-type', 'accept', 'idempotency-key', 'openai-beta'] as const

/** A request to the target of a public model, which its body names. Throws `invalid_request`, `unsupported_media_type`. */
export const modelRequest = ({ operation, method, headers }: RawArrival, body: Buffer): Request => {
  const { model, stream, bodyFor } = isJson(headers) ? fromJson(body) : fromForm(headers, body)
  if (model.length > longestModel) throw invalid('model', `must not be longer than ${longestModel} characters.`)
  const passed: Record<string, string> = {}
  for (const name of headersOfBody) {
    const value = headers[name]
    if (typeof value === 'string') passed[name] = value
  }
  return requestOf(operation, { method, path: '', headers: passed, body, bodyFor, replaySafe: true }, { model, stream })
}

interface Named {
  readonly model: string
  readonly stream: boolean
  bodyFor(model: string): Buffer
}

const fromJson = (bytes: Buffer): Named => {
  const body: JsonObject = parseJson(bytes)
  if (!isObject(body)) throw invalid('', 'The body must be a JSON object.')
  for (const field in body) if (overrides.has(field)) throw invalid(field, 'is not accepted from callers.')
  const { model } = body
  if (typeof model !== 'string' || model === '') throw invalid('model', 'must name the model to ask.')
  const bodyFor = (name: string): Buffer =>
    name === model ? bytes : Buffer.from(JSON.stringify({ ...body, model: name }))
  return { model, stream: body.stream === true, bodyFor }
}

const fromForm = (headers: IncomingHttpHeaders, bytes: Buffer): Named => {
  const boundary = boundaryOf(headers['content-type'] ?? '')
  if (boundary === undefined) {
    const message = 'The body must be sent as content-type: application/json, or as multipart/form-data.'
    throw new GatewayError('unsupported_media_type', message)
  }
  const fields = formFields(bytes, boundary)
  const textOf = ({ from, to }: FormField): string => bytes.toString('utf8', from, to)
  for (const { name } of fields) if (overrides.has(name)) throw invalid(name, 'is not accepted from callers.')
  const [field, another] = fields.filter(({ name }) => name === 'model')
  if (!field || field.isFile || another) throw invalid('model', 'must be there once and name the model to ask.')
  const model = textOf(field)
  if (!/^[^\p{Cc}]+$/u.test(model)) throw invalid('model', 'must name the model to ask.')
  const stream = fields.some((each) => each.name === 'stream' && !each.isFile && textOf(each) === 'true')
  return { model, stream, bodyFor: (name) => (name === model ? bytes : withField(bytes, field, name)) }
}

import type { GatewayError } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { type AwsEvent, writeAwsException } from '../aws-events.ts'
import { errorBy } from '../verdict.ts'
import type { AnswerHeaders } from '../wire.ts'
import { judge, plainType, type Told } from './judge.ts'

const errorOf = (told: Told): GatewayError => errorBy(judge(told), { ...told, type: plainName(told.type) })

const plainName = (type: string): string | undefined => type.split(':', 1)[0]?.split('#').at(-1) || undefined

const text = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

const parse = (body: string): JsonObject => {
  try {
    const value: JsonValue = JSON.parse(body)
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}

const messageIn = (body: JsonObject): string | undefined => {
  const { error } = body
  return (
    text(body.message) ??
    text(body.Message) ??
    (isObject(error) ? text(error.message) : text(error)) ??
    text(body.detail)
  )
}

/** An error answer, whose body may be anything: a proxy's page in HTML, or nothing. Its class is in a header. */
export const readError = (status: number, body: string, headers: AnswerHeaders = {}): GatewayError => {
  const parsed = parse(body)
  const named = headers['x-amzn-errortype']
  const type = (typeof named === 'string' ? named : undefined) ?? text(parsed.__type) ?? text(parsed.code) ?? ''
  return errorOf({ status, type, message: messageIn(parsed) ?? `The provider answered with status ${status}.` })
}

const statuses: ReadonlyMap<string, number> = new Map([
  ['validation', 400],
  ['accessdenied', 403],
  ['resourcenotfound', 404],
  ['throttling', 429],
  ['serviceunavailable', 503],
])

/** What a stream tells in place of its end. A model's error has the status with which the model answered. */
export const readException = ({ name, message, payload }: AwsEvent): GatewayError => {
  const told = parse(payload.toString('utf8'))
  const { originalStatusCode: original } = told
  const status = statuses.get(plainType(name)) ?? 500
  const words = messageIn(told) ?? text(message) ?? 'The provider failed in the middle of its answer.'
  if (plainType(name) === 'modelstreamerror' && (original === 429 || original === 503 || original === 529))
    return errorOf({ status: original, type: '', message: words })
  return errorOf({ status, type: name, message: words })
}

/** Amazon's class for an error of ours. */
const types: ReadonlyMap<number, string> = new Map([
  [401, 'UnrecognizedClientException'],
  [402, 'ServiceQuotaExceededException'],
  [403, 'AccessDeniedException'],
  [404, 'ResourceNotFoundException'],
  [429, 'ThrottlingException'],
  [503, 'ServiceUnavailableException'],
  [504, 'ModelTimeoutException'],
])

const typeOf = ({ status }: GatewayError): string =>
  types.get(status) ?? (status < 499 ? 'ValidationException' : 'InternalServerException')

/** The classes that a stream may end with. */
const streamType = (error: GatewayError): string => {
  if (error.code.startsWith('upstream_') && (error.status === 502 || error.status === 504)) {
    return 'modelStreamErrorException'
  }
  if (error.status === 429) return 'throttlingException'
  if (error.status === 503) return 'serviceUnavailableException'
  return error.status < 499 ? 'validationException' : 'internalServerException'
}

/** An error for a caller: a whole body, or the exception after which a stream says nothing more. */
export const writeError = (error: GatewayError, form: 'events' | 'whole'): string => {
  const { param, facts } = error.details
  const tollgate = { code: error.code, param, ...facts }
  if (form === 'events') return writeAwsException(streamType(error), { message: error.message, tollgate })
  return JSON.stringify({ __type: typeOf(error), message: error.message, tollgate })
}

/** Where Amazon's clients look for the class first. */
export const errorHeaders = (error: GatewayError): Record<string, string> => ({ 'x-amzn-errortype': typeOf(error) })

import type { GatewayError } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'

const prefix = 'type.googleapis.com/google.rpc.'

/** The first detail of a kind, such as `RetryInfo`. */
export const detailOf = (details: JsonValue | undefined, kind: string): JsonObject | undefined => {
  if (!Array.isArray(details)) return undefined
  const found = (details as readonly JsonValue[]).find((each) => isObject(each) && each['@type'] === prefix + kind)
  return isObject(found) ? found : undefined
}

/** How long to wait, in milliseconds, from a `RetryInfo` such as `{"retryDelay": "34.07s"}`. */
export const retryDelayMs = (details: JsonValue | undefined): number | undefined => {
  const delay = detailOf(details, 'RetryInfo')?.retryDelay
  const seconds = typeof delay === 'string' ? /^(\d{1,9}(?:\.\d{1,9})?)s$/.exec(delay)?.[1] : undefined
  return seconds === undefined ? undefined : Math.ceil(Number(seconds) * 1000)
}

/** What an error of ours tells beside its message, in Google's kinds of details. */
export const writeDetails = ({ code, message, details }: GatewayError): JsonObject[] => {
  const { param, retryAfterMs } = details
  const told: JsonObject[] = [{ '@type': `${prefix}ErrorInfo`, reason: code.toUpperCase(), domain: 'tollgate' }]
  if (param !== undefined)
    told.push({ '@type': `${prefix}BadRequest`, fieldViolations: [{ field: param, description: message }] })
  if (retryAfterMs !== undefined)
    told.push({ '@type': `${prefix}RetryInfo`, retryDelay: `${Math.ceil(retryAfterMs) / 1000}s` })
  return told
}

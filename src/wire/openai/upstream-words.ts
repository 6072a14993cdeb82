import type { UpstreamWords } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'

/** What an upstream says of an error, and all of its text that may tell what kind of error it is. */
export interface Said extends Omit<UpstreamWords, 'status'> {
  readonly evidence: string
  /** The status it names inside its body, if it names one. */
  readonly named: number | undefined
}

const longest = 2_000

const wordOf = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' && value !== ''
    ? value.slice(0, 200)
    : typeof value === 'number'
      ? String(value)
      : undefined

const statusNamed = (value: JsonValue | undefined): number | undefined => {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value
  return Number.isInteger(status) && (status as number) >= 400 && (status as number) < 600
    ? (status as number)
    : undefined
}

/** FastAPI's complaints, which are objects in a list. */
const detailOf = (detail: JsonValue | undefined): string => {
  if (typeof detail === 'string') return detail
  if (!Array.isArray(detail)) return isObject(detail) ? messageOf(detail) : ''
  return detail.map((entry) => (isObject(entry) && typeof entry.msg === 'string' ? entry.msg : '')).join('; ')
}

const messageOf = (error: JsonObject): string =>
  typeof error.message === 'string' ? error.message : detailOf(error.detail) || detailOf(error.error)

/** Routers put the words of the provider behind them into metadata; Azure puts the reason of its filter inside. */
const evidenceOf = (error: JsonObject, message: string): string => {
  const inner = isObject(error.innererror) ? error.innererror.code : undefined
  const metadata = isObject(error.metadata) ? error.metadata : undefined
  const moderated = Array.isArray(metadata?.reasons) ? 'content_policy' : ''
  return [message, error.type, error.code, inner, metadata?.raw, moderated]
    .filter((text) => typeof text === 'string')
    .join(' ')
}

/** Reads an error object. */
export const wordsOfObject = (error: JsonObject): Said => {
  const message = messageOf(error).slice(0, longest)
  return {
    message,
    type: wordOf(error.type),
    code: wordOf(error.code),
    param: wordOf(error.param),
    evidence: evidenceOf(error, message).slice(0, 2 * longest),
    named: statusNamed(error.code) ?? statusNamed(error.status) ?? statusNamed(error.status_code),
  }
}

const wordsOfText = (text: string): Said => wordsOfObject({ message: text })

/** Reads an error answer, which may be anything: JSON of several shapes, a page, or nothing. */
export const wordsOfBody = (body: string): Said => {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    // A page of a proxy in front says nothing that a caller could use.
    return wordsOfText(/^\s*</.test(body) ? '' : body)
  }
  const entry = Array.isArray(value) ? value[0] : value
  if (typeof entry === 'string') return wordsOfText(entry)
  if (!isObject(entry)) return wordsOfText('')
  if (typeof entry.error === 'string') return { ...wordsOfObject(entry), ...wordsOfText(entry.error) }
  return wordsOfObject(isObject(entry.error) ? entry.error : entry)
}

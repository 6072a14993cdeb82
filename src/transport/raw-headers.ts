import { shownHeaders } from './headers.ts'

type Given = Readonly<Record<string, string | readonly string[] | undefined>>

/** Headers of an answer that belong to its body; whatever else an upstream says stays here. */
const ofBodies: ReadonlySet<string> = new Set([
  'accept-ranges',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-range',
  'content-type',
  'etag',
  'last-modified',
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
])

const printable = /^[\x20-\x7e]{1,1024}$/

/** The headers with which an upstream's bytes are handed on. */
export const bodyHeaders = (headers: Given): Record<string, string> => {
  const kept = shownHeaders(headers)
  for (const name in headers) {
    const value = headers[name]
    if (ofBodies.has(name) && typeof value === 'string' && printable.test(value)) kept[name] = value
  }
  return kept
}

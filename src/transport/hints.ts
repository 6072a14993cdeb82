/** What an upstream's headers say about asking again. */
export interface RetryHints {
  readonly retryAfterMs?: number | undefined
  readonly shouldRetry?: boolean | undefined
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

const one = (headers: Headers, name: string): string | undefined => {
  const value = headers[name]
  return typeof value === 'string' ? value : value?.[0]
}

/** Seconds, or an HTTP date; anything else, and anything negative, says nothing. */
const retryAfter = (value: string, wallNow: number): number | undefined => {
  if (/^\d{1,9}(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1000)
  if (!/^[A-Z][a-z]{2}, /.test(value)) return undefined
  const at = Date.parse(value)
  return Number.isNaN(at) || at < wallNow ? undefined : at - wallNow
}

/** Reads `retry-after-ms`, `retry-after` and `x-should-retry`. */
export const readHints = (headers: Headers, wallNow: number): RetryHints => {
  const milliseconds = one(headers, 'retry-after-ms')
  const after = one(headers, 'retry-after')
  const should = one(headers, 'x-should-retry')
  return {
    retryAfterMs:
      milliseconds !== undefined && /^\d{1,12}(\.\d+)?$/.test(milliseconds)
        ? Math.ceil(Number(milliseconds))
        : after === undefined
          ? undefined
          : retryAfter(after.trim(), wallNow),
    shouldRetry: should === 'true' ? true : should === 'false' ? false : undefined,
  }
}

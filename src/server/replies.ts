import type { Readable } from 'node:stream'
import type { Outlet } from '../deliver.ts'

type Headers = Readonly<Record<string, string>>

const own: Headers = { 'cache-control': 'no-store', vary: 'authorization' }

/** Bytes of somebody else's are shown under the gateway's own address: no browser may run what is in them. */
const inert: Headers = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "sandbox; default-src 'none'",
}

/** Answers with JSON, an object or text that is one. */
export const replyJson = (
  outlet: Outlet,
  value: object | string,
  { status = 200, headers }: { readonly status?: number; readonly headers?: Headers | undefined } = {},
): void => {
  const body = typeof value === 'string' ? value : JSON.stringify(value)
  const length = String(Buffer.byteLength(body))
  outlet.head(status, { 'content-type': 'application/json', 'content-length': length, ...own, ...headers })
  outlet.end(body)
}

/** Answers with bytes that were kept, no faster than they are read. What breaks off is cut, so that it does not look whole. */
export const replyBytes = async (
  outlet: Outlet,
  bytes: Readable | Uint8Array,
  headers: Headers & { readonly 'content-type': string; readonly 'content-length': string },
): Promise<void> => {
  outlet.head(200, { ...own, ...inert, ...headers })
  if (bytes instanceof Uint8Array) return outlet.end(bytes)
  try {
    for await (const part of bytes) {
      if (outlet.closed) return
      await outlet.write(part)
    }
    outlet.end()
  } catch {
    outlet.abort()
  }
}

import type { Outlet } from '../deliver.ts'

/** What was written to an outlet, once it has ended. */
export interface Collected {
  readonly status: number
  readonly contentType: string
  readonly body: Buffer
}

export interface CollectingOutlet extends Outlet {
  /** True when it grew beyond what may be kept, so that the rest was not taken. */
  readonly isFull: boolean
  collected(): Collected
}

/** Keeps an answer whole, as it would have gone out. Events are told as they come. */
export const collectingOutlet = (most: number, said: (text: string) => void): CollectingOutlet => {
  const parts: Buffer[] = []
  let size = 0
  let status = 0
  let contentType = ''
  let closed = false
  const isFull = (): boolean => size > most
  const put = (piece: Uint8Array | string): void => {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : Buffer.from(piece)
    size += bytes.length
    if (isFull()) return
    parts.push(bytes)
    if (contentType.startsWith('text/event-stream')) said(typeof piece === 'string' ? piece : bytes.toString())
  }
  return {
    get closed() {
      return closed || isFull()
    },
    get begun() {
      return status !== 0
    },
    get isFull() {
      return isFull()
    },
    head: (written, headers) => {
      status = written
      contentType = headers['content-type'] ?? 'application/octet-stream'
    },
    write: (piece) => {
      if (!closed) put(piece)
      return undefined
    },
    end: (piece) => {
      if (!closed && piece !== undefined) put(piece)
      closed = true
    },
    abort: () => {
      closed = true
    },
    collected: () => ({ status, contentType, body: Buffer.concat(parts) }),
  }
}

import type { Outlet } from '../deliver.ts'

/** Statuses with which no body may come. */
const bodyless: ReadonlySet<number> = new Set([204, 205, 304])

/** Writes to the body of a `Response`, no faster than it is read. */
export const webOutlet = (begin: (response: Response) => void, leave: () => void): Outlet => {
  const encoder = new TextEncoder()
  let controller: ReadableStreamDefaultController<Uint8Array>
  let wanted: PromiseWithResolvers<void> | undefined
  let closed = false
  let begun = false
  const body = new ReadableStream<Uint8Array>({
    start: (made) => {
      controller = made
    },
    pull: () => {
      wanted?.resolve()
      wanted = undefined
    },
    cancel: () => {
      closed = true
      wanted?.resolve()
      leave()
    },
  })
  const put = (piece: Uint8Array | string): void =>
    controller.enqueue(typeof piece === 'string' ? encoder.encode(piece) : piece)
  return {
    get closed() {
      return closed
    },
    get begun() {
      return begun
    },
    head: (status, headers) => {
      begun = true
      begin(new Response(bodyless.has(status) ? null : body, { status, headers }))
    },
    abort: () => {
      if (closed) return
      closed = true
      controller.error(new Error('The answer broke off.'))
    },
    write: (piece) => {
      if (closed) return undefined
      put(piece)
      if ((controller.desiredSize ?? 1) > 0) return undefined
      // One promise for all who wait: a sign of life may be written while an event waits already.
      wanted ??= Promise.withResolvers<void>()
      return wanted.promise
    },
    end: (piece) => {
      if (closed) return
      closed = true
      if (piece !== undefined) put(piece)
      controller.close()
    },
  }
}

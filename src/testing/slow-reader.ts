import { connect } from 'node:net'

/** A client that has stopped reading. The system's own buffers still take some hundred kilobytes for it. */
export interface SlowReader {
  /** What it has read so far. */
  readonly received: Buffer
  /** Reads so many bytes more (rounded up to a kilobyte), then stops again. Rejects when the peer ends before. */
  read(bytes: number): Promise<void>
  /** Reads everything that still comes, until the peer ends; gives all that was read. */
  drain(): Promise<Buffer>
  /** Goes away without a word (RST). */
  close(): void
}

/** So much is read at a time. */
const sipBytes = 1_024

/**
 * Sends bytes to a port of 127.0.0.1, reads `readBytes` of the answer (rounded up to a kilobyte), then stops reading
 * with the connection open. Rejects when the peer ends the connection before.
 */
export const openSlowReader = async (port: number, bytes: string | Buffer, readBytes: number): Promise<SlowReader> => {
  const received: Buffer[] = []
  let left = 0
  let enough: PromiseWithResolvers<void> | undefined
  const take = (count: number, sip: Uint8Array): boolean => {
    received.push(Buffer.from(sip.subarray(0, count)))
    left -= count
    if (left <= 0) enough?.resolve()
    return left > 0
  }
  const socket = connect({ host: '127.0.0.1', port, onread: { buffer: Buffer.alloc(sipBytes), callback: take } })
  // How it went wrong is told by what is missing.
  socket.on('error', () => {})
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  const ended = (): Error => new Error('the peer ended the connection before so many bytes had come')
  void closed.then(() => enough?.reject(ended()))
  const read = async (count: number): Promise<void> => {
    if (socket.destroyed) throw ended()
    left = count
    enough = Promise.withResolvers<void>()
    socket.resume()
    await enough.promise
  }
  socket.once('connect', () => socket.write(bytes))
  await read(readBytes)
  return {
    get received() {
      return Buffer.concat(received)
    },
    read,
    drain: async () => {
      left = Number.POSITIVE_INFINITY
      socket.resume()
      await closed
      return Buffer.concat(received)
    },
    close: () => socket.resetAndDestroy(),
  }
}

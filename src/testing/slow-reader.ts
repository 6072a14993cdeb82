import { connect } from 'node:net'

/** A client that has stopped reading. The system's own buffers still take some hundred kilobytes for it. */
export interface SlowReader {
  /** What it has read so far. */
  readonly received: Buffer
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
export const openSlowReader = (port: number, bytes: string | Buffer, readBytes: number): Promise<SlowReader> =>
  new Promise((resolve, reject) => {
    const received: Buffer[] = []
    let left = readBytes
    let isOver = false
    const take = (count: number, sip: Uint8Array): boolean => {
      received.push(Buffer.from(sip.subarray(0, count)))
      left -= count
      if (left <= 0) resolve(reader)
      return left > 0
    }
    const socket = connect({ host: '127.0.0.1', port, onread: { buffer: Buffer.alloc(sipBytes), callback: take } })
    const reader: SlowReader = {
      get received() {
        return Buffer.concat(received)
      },
      drain: () =>
        new Promise((done) => {
          const finish = (): void => done(Buffer.concat(received))
          if (isOver) return finish()
          left = Number.POSITIVE_INFINITY
          socket.once('close', finish)
          socket.resume()
        }),
      close: () => socket.resetAndDestroy(),
    }
    socket.once('connect', () => socket.write(bytes))
    socket.on('error', reject)
    socket.once('close', () => {
      isOver = true
      reject(new Error('the peer ended the connection before so many bytes had come'))
    })
  })

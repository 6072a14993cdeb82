import { connect } from 'node:net'

/** When to stop listening; all in milliseconds. */
export interface RawTimeouts {
  /** After so long without a byte; default 300. It begins with the first byte that comes. */
  readonly idleMs?: number | undefined
  /** After so long in all; default 5,000. */
  readonly totalMs?: number | undefined
  /** As soon as this was received; default: never. */
  readonly until?: string | undefined
}

/** What came back for raw bytes. */
export interface RawAnswer {
  readonly bytes: Buffer
  /** The bytes as UTF-8. */
  readonly text: string
  /** How the peer ended the connection; undefined when it kept it open. */
  readonly closed: 'end' | 'reset' | undefined
}

/**
 * Sends bytes to a port of 127.0.0.1, just as they are, and gives what comes back until the peer closes, falls silent,
 * or the time is over. Rejects when nobody listens there.
 */
export const rawRequest = (port: number, bytes: string | Buffer, timeouts: RawTimeouts = {}): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    const { idleMs = 300, totalMs = 5_000, until } = timeouts
    const received: Buffer[] = []
    let isConnected = false
    const finish = (closed: RawAnswer['closed']): void => {
      clearTimeout(total)
      clearTimeout(idle)
      socket.destroy()
      const all = Buffer.concat(received)
      resolve({ bytes: all, text: all.toString('utf8'), closed })
    }
    const total = setTimeout(() => finish(undefined), totalMs)
    let idle: NodeJS.Timeout | undefined
    const socket = connect({ host: '127.0.0.1', port }, () => {
      isConnected = true
      socket.write(bytes)
    })
    socket.setNoDelay(true)
    socket.on('data', (piece: Buffer) => {
      received.push(piece)
      clearTimeout(idle)
      idle = setTimeout(() => finish(undefined), idleMs)
      if (until !== undefined && Buffer.concat(received).includes(until)) finish(undefined)
    })
    socket.on('end', () => finish('end'))
    socket.on('error', (error) => {
      if (isConnected) return finish('reset')
      clearTimeout(total)
      reject(error)
    })
  })

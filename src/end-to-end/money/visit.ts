import { connect } from 'node:net'

/** Sends a request to a port of 127.0.0.1 and goes away after a while, whatever has come by then. */
export const rawVisit = (port: number, bytes: string, stayMs: number): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(bytes))
    socket.on('error', () => {})
    socket.on('close', () => resolve())
    socket.resume()
    setTimeout(() => socket.destroy(), stayMs)
  })

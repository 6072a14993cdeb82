import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** An answer for bytes that are no request, so nothing is known of who sent them. */
const rawRefusal = (code: string | undefined): string => {
  const [status, problem, text] =
    code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', 'invalid_request', 'The headers are larger than 16 KiB.']
      : code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['408 Request Timeout', 'request_timeout', 'The request did not arrive in time.']
        : ['400 Bad Request', 'invalid_request', 'This is not a well-formed HTTP/1.1 request.']
  const body = JSON.stringify({
    error: { message: text, type: 'invalid_request_error', code: problem, param: null },
  })
  return `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}

/**
 * What each connection was last asked. One request gets one answer: whoever shares a connection, as proxies do, would
 * take words too many for the answer to somebody else's question.
 */
export class Connections {
  /** The answer to the latest request, by socket. */
  readonly #latest = new WeakMap<Duplex, ServerResponse>()
  /** Sockets that end with the answer they are getting. */
  readonly #ending = new WeakSet<Duplex>()

  /** False for a request behind one whose answer ends the connection: nobody would hear its own. */
  take(answer: ServerResponse): boolean {
    const { socket } = answer.req
    if (this.#ending.has(socket)) return false
    this.#latest.set(socket, answer)
    return true
  }

  /** The connection ends with this answer. */
  endWith(answer: ServerResponse): void {
    this.#ending.add(answer.req.socket)
  }

  /** Answers bytes that are no request, where no other answer is under way; else that one is the last. */
  refuse(code: string | undefined, socket: Duplex): void {
    const latest = this.#latest.get(socket)
    if (!socket.writable || code === 'ECONNRESET') socket.destroy()
    else if (latest === undefined || this.#isTurn(latest, socket)) socket.end(rawRefusal(code))
    else if (latest.req.complete && code !== 'HPE_INVALID_EOF_STATE') this.#endAfter(latest, socket)
    else if (latest.writableEnded) socket.end()
    else socket.destroy()
  }

  /** True when the next word on the connection would be understood as the answer to these bytes. */
  #isTurn(latest: ServerResponse, socket: Duplex): boolean {
    if (latest.writableFinished) return !this.#ending.has(socket)
    // Its own body is what broke, and nothing was said to it yet.
    return latest.socket === socket && !latest.headersSent && !latest.req.complete
  }

  #endAfter(answer: ServerResponse, socket: Duplex): void {
    if (this.#ending.has(socket)) return
    this.#ending.add(socket)
    answer.once('finish', () => socket.end())
  }
}

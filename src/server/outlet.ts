import type { ServerResponse } from 'node:http'
import { atEndOfTurn } from '../core/turn.ts'
import type { Outlet } from '../deliver.ts'

/** A reader that takes nothing for this long is given up. */
const stallMs = 60_000

/** Writes to a socket; waits while the caller reads slowly, and gives up when it does not read at all. */
export const outletOf = (response: ServerResponse, writeStallMs = stallMs): Outlet =>
  new SocketOutlet(response, writeStallMs)

const smallBody = 16 * 1024

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

class SocketOutlet implements Outlet {
  readonly #response: ServerResponse
  readonly #writeStallMs: number
  /** What is still to be done at the end of this turn. */
  #held: 'nothing' | 'pieces' | 'end' = 'nothing'
  #last: Uint8Array | string | undefined

  constructor(response: ServerResponse, writeStallMs: number) {
    this.#response = response
    this.#writeStallMs = writeStallMs
  }

  get closed(): boolean {
    return this.#response.destroyed || this.#held === 'end' || this.#response.writableEnded
  }

  get begun(): boolean {
    return this.#response.headersSent
  }

  head(status: number, headers: Record<string, string>): void {
    this.#response.writeHead(status, headers)
  }

  abort(): void {
    this.#response.destroy()
  }

  write(piece: Uint8Array | string): Promise<void> | undefined {
    if (this.#response.destroyed) return undefined
    if (this.#held === 'nothing') {
      this.#hold('pieces')
      this.#response.cork()
    }
    return this.#response.write(piece) ? undefined : this.#drained()
  }

  end(piece?: Uint8Array | string): void {
    if (this.#response.destroyed) return
    this.#last = piece
    if (this.#held === 'nothing') this.#hold('end')
    else this.#held = 'end'
  }

  #hold(what: 'pieces' | 'end'): void {
    this.#held = what
    atEndOfTurn(() => {
      if (this.#held === 'end') this.#finish(this.#last)
      else this.#response.uncork()
      this.#held = 'nothing'
    })
  }

  #finish(piece: Uint8Array | string | undefined): void {
    const response = this.#response
    if (response.destroyed) return
    if (piece === undefined) response.end()
    // As text of one byte a character it goes out in one write with the head, byte for byte the same.
    else if (typeof piece !== 'string' && piece.byteLength <= smallBody) response.end(latin1(piece), 'latin1')
    else response.end(piece)
    // Nearly always the socket has taken everything by now, and there is nothing to watch.
    if ((response.socket?.writableLength ?? 0) > 0) this.#watch(true)
  }

  #drained(): Promise<void> {
    const response = this.#response
    return new Promise((resolve) => {
      const end = (): void => {
        response.off('drain', end).off('close', end)
        this.#watch(false)
        resolve()
      }
      response.on('drain', end).on('close', end)
      this.#watch(true)
    })
  }

  /** The socket's own clock: it counts only time in which no byte moves, within a large piece too. */
  #watch(isOn: boolean): void {
    const response = this.#response
    if (isOn && response.listenerCount('timeout') === 0) response.on('timeout', () => response.destroy())
    response.setTimeout(isOn ? this.#writeStallMs : 0)
  }
}

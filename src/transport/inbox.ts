import type { Source } from '../core/answer.ts'
import type { Chunk } from '../core/chunk.ts'
import type { GatewayError } from '../core/errors.ts'

/** What flows into an inbox can be held back and stopped. */
export interface Valve {
  pause(): void
  resume(): void
  abort(reason: GatewayError): void
  /** Nothing more is wanted. */
  release(): void
}

/**
 * Chunks between a socket that pushes and a reader that pulls. Beyond `most` bytes the socket is paused until the
 * reader has caught up, so a slow caller never makes the gateway buffer for it.
 */
export class Inbox implements Source {
  readonly #valve: Valve
  readonly #most: number
  readonly #queue: Chunk[] = []
  #queued = 0
  #paused = false
  #closed = false
  #error: GatewayError | undefined
  #waiting: { resolve: (chunk: Chunk | undefined) => void; reject: (error: GatewayError) => void } | undefined
  /** Called whenever a reader begins or ceases to wait, so that idle time counts only while somebody waits. */
  onWait: ((waits: boolean) => void) | undefined

  constructor(valve: Valve, most: number) {
    this.#valve = valve
    this.#most = most
  }

  put(chunk: Chunk): void {
    if (this.#closed) return
    const waiting = this.#waiting
    if (waiting) {
      this.#waiting = undefined
      this.onWait?.(false)
      waiting.resolve(chunk)
      return
    }
    this.#queue.push(chunk)
    this.#queued += chunk.bytes.byteLength
    if (this.#queued > this.#most && !this.#paused) {
      this.#paused = true
      this.#valve.pause()
    }
  }

  /** No more chunks come: those that wait are still read, then the error is thrown, if there is one. */
  close(error?: GatewayError): void {
    if (this.#closed) return
    this.#closed = true
    this.#error = error
    const waiting = this.#waiting
    if (!waiting) return
    this.#waiting = undefined
    this.onWait?.(false)
    if (error) waiting.reject(error)
    else waiting.resolve(undefined)
  }

  pull(): Chunk | undefined | Promise<Chunk | undefined> {
    const chunk = this.#queue.shift()
    if (chunk !== undefined) {
      this.#queued -= chunk.bytes.byteLength
      if (this.#paused && this.#queued <= this.#most / 2) {
        this.#paused = false
        this.#valve.resume()
      }
      return chunk
    }
    if (this.#closed) {
      if (this.#error) throw this.#error
      return undefined
    }
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.onWait?.(true)
    })
  }

  cancel(reason: GatewayError): void {
    this.#queue.length = 0
    this.close(reason)
    this.#valve.abort(reason)
  }

  release(): void {
    this.#queue.length = 0
    this.close()
    if (this.#paused) {
      this.#paused = false
      this.#valve.resume()
    }
    this.#valve.release()
  }
}

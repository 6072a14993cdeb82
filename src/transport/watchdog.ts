import { GatewayError } from '../core/errors.ts'

export interface WatchdogTimeouts {
  readonly idleMs: number
  readonly progressMs: number
}

/**
 * Watches a stream for silence (no byte) and for pings without progress. Time counts only while somebody waits for the
 * next chunk: a caller that reads slowly is no fault of the upstream. One timer that re-arms itself, nothing per chunk.
 */
export class Watchdog {
  readonly #timeouts: WatchdogTimeouts
  readonly #target: string
  readonly #bite: (error: GatewayError) => void
  #timer: NodeJS.Timeout | undefined
  #waits = false
  #lastByte: number
  #lastProgress: number
  #readerBusySince: number

  constructor(timeouts: WatchdogTimeouts, target: string, bite: (error: GatewayError) => void) {
    this.#timeouts = timeouts
    this.#target = target
    this.#bite = bite
    this.#lastByte = this.#lastProgress = this.#readerBusySince = performance.now()
    this.#arm(Math.min(timeouts.idleMs, timeouts.progressMs))
  }

  /** Bytes came; `progress` when they were more than a ping. */
  bytes(progress: boolean): void {
    this.#lastByte = performance.now()
    if (progress) this.#lastProgress = this.#lastByte
  }

  /** Somebody begins or ceases to wait; the time in which nobody did is given back to the upstream. */
  waits(waits: boolean): void {
    const now = performance.now()
    if (waits) {
      const blocked = now - this.#readerBusySince
      // Bytes may have come meanwhile; no credit reaches into the future.
      this.#lastByte = Math.min(now, this.#lastByte + blocked)
      this.#lastProgress = Math.min(now, this.#lastProgress + blocked)
    } else this.#readerBusySince = now
    this.#waits = waits
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #arm(ms: number): void {
    this.#timer = setTimeout(this.#look, Math.max(1, Math.ceil(ms)))
    this.#timer.unref()
  }

  readonly #look = (): void => {
    const now = performance.now()
    const idleLeft = this.#lastByte + this.#timeouts.idleMs - now
    const progressLeft = this.#lastProgress + this.#timeouts.progressMs - now
    if (!this.#waits) this.#arm(Math.min(this.#timeouts.idleMs, this.#timeouts.progressMs))
    else if (idleLeft <= 0) this.#bite(this.#timeout(`sent nothing for ${this.#timeouts.idleMs} ms`))
    else if (progressLeft <= 0) this.#bite(this.#timeout(`sent only pings for ${this.#timeouts.progressMs} ms`))
    else this.#arm(Math.min(idleLeft, progressLeft))
  }

  #timeout(what: string): GatewayError {
    return new GatewayError('upstream_timeout', `${this.#target} ${what}.`, { outcome: 'ambiguous' })
  }
}

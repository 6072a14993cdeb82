import type { Source } from '../core/answer.ts'
import type { Chunk } from '../core/chunk.ts'
import { asGatewayError, GatewayError } from '../core/errors.ts'
import type { StopSignal } from '../core/stop.ts'

/** One chunk, and when it comes, in milliseconds from the beginning. */
export interface TimedChunk {
  readonly chunk: Chunk
  readonly afterMs: number
}

/** How an answer goes wrong in the middle. */
export interface Accident {
  readonly kind: 'cut' | 'stall'
  /** Chunks that come before. */
  readonly after: number
}

export interface Play {
  readonly chunks: readonly TimedChunk[]
  readonly accident: Accident | undefined
  /** How long silence is borne, in milliseconds; undefined: until somebody stops it. */
  readonly idleMs: number | undefined
  readonly target: string
  readonly signal: StopSignal
  /** Milliseconds that only rise. */
  now(): number
}

/** Plays chunks at their times. Whoever reads late gets what is due at once; without times no timer is ever set. */
export class SimulatedSource implements Source {
  readonly #play: Play
  readonly #begun: number
  #next = 0
  #stopped: GatewayError | undefined
  #timer: NodeJS.Timeout | undefined
  #reject: ((error: GatewayError) => void) | undefined

  constructor(play: Play) {
    this.#play = play
    this.#begun = play.now()
    play.signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  pull(): Chunk | undefined | Promise<Chunk | undefined> {
    if (this.#stopped) throw this.#stopped
    const { accident, chunks } = this.#play
    if (accident && this.#next >= accident.after) return accident.kind === 'cut' ? this.#cut() : this.#stall()
    const timed = chunks[this.#next]
    if (!timed) {
      this.#close()
      return undefined
    }
    this.#next++
    const waitMs = timed.afterMs - (this.#play.now() - this.#begun)
    if (waitMs <= 0) return this.#hand(timed.chunk)
    return this.#wait(waitMs, (resolve) => resolve(this.#hand(timed.chunk)))
  }

  cancel(reason: GatewayError): void {
    this.#stop(reason)
  }

  /** Whoever has the end mark does not come back for more, so the last chunk closes the source. */
  #hand(chunk: Chunk): Chunk {
    if (this.#next === this.#play.chunks.length) this.#close()
    return chunk
  }

  /** The connection ends: what is missing in the bytes tells that the answer is not whole. */
  #cut(): undefined {
    this.#close()
    return undefined
  }

  #stall(): Promise<Chunk | undefined> {
    const { idleMs, target } = this.#play
    return this.#wait(idleMs, () =>
      this.#stop(
        new GatewayError('upstream_timeout', `${target} sent nothing for ${idleMs} ms.`, { outcome: 'ambiguous' }),
      ),
    )
  }

  #wait(ms: number | undefined, then: (resolve: (chunk: Chunk) => void) => void): Promise<Chunk | undefined> {
    return new Promise((resolve, reject) => {
      this.#reject = reject
      if (ms !== undefined) this.#timer = setTimeout(then, ms, resolve)
    })
  }

  readonly #onAbort = (): void => this.#stop(asGatewayError(this.#play.signal.reason))

  #stop(reason: GatewayError): void {
    if (this.#stopped) return
    this.#stopped = reason
    this.#close()
    this.#reject?.(reason)
  }

  #close(): void {
    clearTimeout(this.#timer)
    this.#play.signal.removeEventListener('abort', this.#onAbort)
  }
}

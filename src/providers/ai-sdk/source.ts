import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { Source } from '../../core/answer.ts'
import type { Attempt } from '../../core/call.ts'
import { Chunk } from '../../core/chunk.ts'
import type { Delta } from '../../core/delta.ts'
import { asGatewayError, GatewayError } from '../../core/errors.ts'
import { failureOf } from './failures.ts'
import type { StreamDeltas } from './stream-deltas.ts'

/** There are no bytes: what a model of the AI SDK says has a meaning and no language. */
const nothing = Buffer.alloc(0)

const saysLittle: ReadonlySet<Delta['kind']> = new Set(['start', 'text', 'reasoning', 'annotation', 'media', 'opaque'])

/** Deltas as a chunk without bytes. */
export const chunkOf = (deltas: readonly Delta[]): Chunk =>
  new Chunk(nothing, !deltas.every(({ kind }) => saysLittle.has(kind)), () => deltas)

type Parts = ReadableStreamDefaultReader<LanguageModelV4StreamPart>

/** Reads a stream of parts as somebody wants them, so that a slow reader holds the model back. */
export class PartSource implements Source {
  readonly #parts: Parts
  readonly #deltas: StreamDeltas
  readonly #attempt: Attempt
  readonly #stop: (reason: GatewayError) => void
  #reason: GatewayError | undefined
  #reject: ((reason: GatewayError) => void) | undefined

  constructor(
    parts: Parts,
    deltas: StreamDeltas,
    { attempt, stop }: { attempt: Attempt; stop(reason: GatewayError): void },
  ) {
    this.#parts = parts
    this.#deltas = deltas
    this.#attempt = attempt
    this.#stop = stop
    attempt.signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  async pull(): Promise<Chunk | undefined> {
    for (;;) {
      if (this.#reason) throw this.#reason
      const { done, value } = await this.#next()
      if (done) {
        this.#forget()
        return undefined
      }
      const deltas = this.#read(value)
      if (deltas.length > 0) return chunkOf(deltas)
    }
  }

  cancel(reason: GatewayError): void {
    this.#end(reason)
  }

  release(): void {
    this.#forget()
    this.#parts.cancel().catch(ignore)
  }

  /** The next part, no later than silence is borne. */
  #next(): ReturnType<Parts['read']> {
    const { idleMs } = this.#attempt.timeouts
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const message = `${this.#attempt.target.id} said nothing for ${idleMs} ms.`
        this.#end(new GatewayError('upstream_timeout', message, { outcome: 'ambiguous' }))
      }, idleMs)
      this.#reject = reject
      this.#parts
        .read()
        .then(resolve, (thrown) => reject(this.#reason ?? this.#broken(thrown)))
        .finally(() => clearTimeout(timer))
    })
  }

  #read(part: LanguageModelV4StreamPart): readonly Delta[] {
    try {
      return this.#deltas.read(part)
    } catch (thrown) {
      throw this.#broken(thrown)
    }
  }

  #broken(thrown: unknown): GatewayError {
    const error = failureOf(thrown, this.#attempt.target.id)
    this.#end(error)
    return error
  }

  readonly #onAbort = (): void => this.#end(asGatewayError(this.#attempt.signal.reason))

  #end(reason: GatewayError): void {
    if (this.#reason) return
    this.#reason = reason
    this.#forget()
    this.#stop(reason)
    this.#parts.cancel(reason).catch(ignore)
    this.#reject?.(reason)
  }

  #forget(): void {
    this.#attempt.signal.removeEventListener('abort', this.#onAbort)
  }
}

/** A stream that cannot be cancelled has ended by itself. */
const ignore = (): void => {}

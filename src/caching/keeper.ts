import type { Answer, Form, Observer, Summary } from '../core/answer.ts'
import type { Call } from '../core/call.ts'
import type { Chunk, Reader } from '../core/chunk.ts'
import type { Clock } from '../core/clock.ts'
import type { Delta, Finish } from '../core/delta.ts'
import { type KeptAnswer, type KeptChunk, neutralWire } from '../core/kept-answer.ts'
import type { Nanos } from '../core/money.ts'

/** Answers that are longer are not kept. */
export const mostKeptBytes = 4 * 1024 * 1024

export interface KeeperOptions {
  readonly call: Call
  /** May an answer be kept in which the model calls tools? */
  readonly toolCalls: boolean
  readonly clock: Clock
  reader(wire: string, form: Form): Reader | undefined
  /** Told of an answer that is whole and good. Must not throw. */
  kept(answer: KeptAnswer): void
}

/** Looks at an answer from the side and tells of it when it is whole and good, and no larger than what is kept. */
export const watchToKeep = (answer: Answer, options: KeeperOptions): Answer =>
  answer.head.form === 'raw' ? answer : answer.watch(new Keeper(answer, options))

/** What upstreams say of their limits holds for the moment; so does how long they took. */
const isLasting = (header: string): boolean =>
  !header.startsWith('x-upstream-ratelimit-') && header !== 'x-upstream-processing-ms'

/** A refusal of OpenAI's, or a text that looks like one. */
const refusal = /refusal(?!"\s*:\s*null)/

class Keeper implements Observer {
  readonly #answer: Answer
  readonly #options: KeeperOptions
  /** Undefined: its language cannot be read again, so what it means is kept. */
  readonly #reader: Reader | undefined
  readonly #chunks: KeptChunk[] = []
  #bytes = 0
  #isGood = true
  /** Is a refusal to be looked for in what nobody has read yet? */
  #mayRefuse = false
  #last: number | undefined

  constructor(answer: Answer, options: KeeperOptions) {
    this.#answer = answer
    this.#options = options
    this.#reader = options.reader(answer.head.wire, answer.head.form as Form)
  }

  chunk(chunk: Chunk): void {
    if (!this.#isGood) return
    const bytes = this.#reader ? chunk.bytes : Buffer.from(JSON.stringify(chunk.deltas))
    this.#bytes += bytes.byteLength
    if (this.#bytes > mostKeptBytes || (chunk.matters && !chunk.deltas.every(this.#mayBeKept))) {
      this.#giveUp()
      return
    }
    if (!chunk.matters && refusal.test(latin1Of(bytes))) this.#mayRefuse = true
    const now = this.#options.clock.now()
    const afterMs = now - (this.#last ?? now)
    this.#last = now
    // A copy: a piece of what came from the network holds on to all of it.
    const own = this.#answer.head.form === 'whole' ? bytes : Buffer.from(bytes)
    this.#chunks.push({ bytes: own, matters: chunk.matters, afterMs })
  }

  done(summary: Summary): void {
    const { call, kept } = this.#options
    if (this.#isGood && this.#isWell(summary)) kept(this.#keptAnswer(call, summary))
    this.#giveUp()
  }

  fail(): void {
    this.#giveUp()
  }

  readonly #mayBeKept = (delta: Delta): boolean =>
    delta.kind !== 'refusal' && delta.kind !== 'failure' && (delta.kind !== 'tool_call' || this.#options.toolCalls)

  #giveUp(): void {
    this.#isGood = false
    this.#chunks.length = 0
  }

  #isWell({ finishes }: Summary): boolean {
    const { call, toolCalls } = this.#options
    const hasEnded = (finish: Finish): boolean =>
      finish.reason === 'stop' || finish.reason === 'stop_sequence' || (finish.reason === 'tool_calls' && toolCalls)
    if (call.request.operation === 'chat' && finishes.length === 0) return false
    if (!finishes.every(hasEnded) || !wasAnswered(call) || call.notes.output?.rung === 'default') return false
    return !this.#mayRefuse || !this.#refuses()
  }

  /** Reads everything anew: whoever passes bytes on has read nothing of what does not matter. */
  #refuses(): boolean {
    const { wire, form } = this.#answer.head
    const reader = this.#options.reader(wire, form as Form)
    try {
      return this.#chunks.some(({ bytes }) => reader?.(bytes).some(({ kind }) => kind === 'refusal'))
    } catch {
      return true
    }
  }

  #keptAnswer(call: Call, { usage, finishes }: Summary): KeptAnswer {
    const { wire, form, target, headers } = this.#answer.head
    const { firstTokenAt } = call.notes
    const durationMs = this.#options.clock.now() - call.started
    return {
      wire: this.#reader ? wire : neutralWire,
      form: form as Form,
      target: target.id,
      headers: Object.fromEntries(Object.entries(headers).filter(([name]) => isLasting(name))),
      chunks: [...this.#chunks],
      finishes: finishes.map(({ reason }) => reason),
      usage,
      costNanos: costOfAnswer(call),
      firstTokenMs: firstTokenAt === undefined ? durationMs : firstTokenAt - call.started,
      durationMs,
    }
  }
}

const latin1Of = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

/** Was there an attempt that went well, with a status of success? */
export const wasAnswered = ({ account }: Call): boolean =>
  account.attempts.some(
    ({ outcome, status }) => outcome === 'ok' && (status === undefined || (status >= 200 && status < 300)),
  )

/** What would be paid for asking again: what went wrong the first time may go well then. Undefined: unknown. */
export const costOfAnswer = ({ account }: Call): Nanos | undefined => {
  let total = 0n
  for (const { outcome, costNanos } of account.attempts) {
    if (outcome !== 'ok') continue
    if (costNanos === undefined) return undefined
    total += costNanos
  }
  return total
}

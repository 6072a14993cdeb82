import type { Answer, Source } from '../core/answer.ts'
import type { Chunk } from '../core/chunk.ts'
import type { Delta, ToolCall } from '../core/delta.ts'
import type { GatewayError } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import type { Violation } from '../core/output-rules.ts'
import { type Demands, type Faulty, judge } from './judge.ts'
import { createPrefixCheck, type PrefixCheck } from './prefix-check.ts'
import { placeOf, type Said } from './said.ts'
import type { SchemaChecks } from './schema-checks.ts'

/** An answer of which a part was read. */
export interface Gathered {
  readonly chunks: readonly Chunk[]
  readonly said: Said
}

/** An answer whose first words may pass. */
export interface Begun extends Gathered {
  readonly answer: Answer
  readonly proof: Proof
}

/** Chunks that are there already. */
export class Held implements Source {
  readonly #chunks: readonly Chunk[]
  #at = 0

  constructor(chunks: readonly Chunk[]) {
    this.#chunks = chunks
  }

  pull(): Chunk | undefined {
    return this.#chunks[this.#at++]
  }

  cancel(): void {
    this.#at = this.#chunks.length
  }
}

/** Follows every choice of a stream, and every call of a tool whose arguments are demanded. */
export class Proof {
  readonly #demands: Demands
  readonly #checks = new Map<string, PrefixCheck>()
  readonly #names = new Map<string, string>()
  /** Was anything said that a caller would miss? */
  hasBegun = false
  /** Was anything said to its end? */
  hasEnded = false

  constructor(demands: Demands) {
    this.#demands = demands
  }

  /** False where a choice cannot become what was asked for any more. */
  feed(delta: Delta): boolean {
    if (delta.kind === 'finish') this.hasEnded = true
    if (delta.kind === 'refusal') this.hasBegun = true
    if (delta.kind === 'tool_call') return this.#feedCall(delta)
    if (delta.kind !== 'text') return true
    if (delta.text.trim() !== '') this.hasBegun = true
    const { format } = this.#demands
    return !format || this.#check(String(delta.choice), format.schema).feed(delta.text)
  }

  #feedCall(delta: ToolCall): boolean {
    this.hasBegun = true
    const place = placeOf(delta)
    if (delta.name) this.#names.set(place, delta.name)
    const schema = this.#demands.tools.get(this.#names.get(place) ?? '')
    return !schema || this.#check(place, schema).feed(delta.arguments)
  }

  #check(place: string, schema: JsonObject | undefined): PrefixCheck {
    let check = this.#checks.get(place)
    if (!check) {
      check = createPrefixCheck(schema)
      this.#checks.set(place, check)
    }
    return check
  }
}

/** Who is told how a stream ended. */
export interface Judging {
  readonly demands: Demands
  readonly checks: SchemaChecks
  note(): void
  fail(faulty: Faulty): GatewayError
}

/** Passes a stream on as it comes, breaks off where it cannot become valid, and holds its end back until it is. */
export class Proving implements Source {
  readonly #begun: Begun
  readonly #judging: Judging
  #at = 0

  constructor(begun: Begun, judging: Judging) {
    this.#begun = begun
    this.#judging = judging
  }

  pull(): Chunk | undefined | Promise<Chunk | undefined> {
    const { chunks, answer } = this.#begun
    if (this.#at < chunks.length) return this.#checked(chunks[this.#at++] as Chunk, true)
    const pulled = answer.pull()
    return pulled instanceof Promise ? pulled.then(this.#taken) : this.#taken(pulled)
  }

  cancel(reason: GatewayError): void {
    this.#begun.answer.cancel(reason)
  }

  readonly #taken = (chunk: Chunk | undefined): Chunk | undefined | Promise<Chunk> =>
    chunk && this.#checked(chunk, false)

  #checked(chunk: Chunk, wasSeen: boolean): Chunk | Promise<Chunk> {
    const { said, proof } = this.#begun
    let ends = false
    for (const delta of chunk.deltas) {
      if (!wasSeen) {
        said.see(delta)
        if (!proof.feed(delta)) this.#stop({ text: '', violations: [impossible] })
      }
      if (delta.kind === 'finish') ends = true
    }
    return ends ? this.#judge().then(() => chunk) : chunk
  }

  async #judge(): Promise<void> {
    const { demands, checks, note } = this.#judging
    const judgement = await judge(this.#begun.said, demands, checks)
    if (judgement.faulty) this.#stop(judgement.faulty)
    // What would have to be put right has passed already.
    if (judgement.rung !== 'native') this.#stop({ text: '', violations: [impossible] })
    note()
  }

  #stop(faulty: Faulty): never {
    const error = this.#judging.fail(faulty)
    this.#begun.answer.cancel(error)
    throw error
  }
}

const impossible: Violation = {
  pointer: '',
  message: 'cannot become what the schema wants any more',
  keyword: 'prefix',
}

import type { Ending } from './afterwards.ts'
import { Answer, type Source } from './answer.ts'
import { type Call, createId, type Notes } from './call.ts'
import { Chunk } from './chunk.ts'
import type { Delta } from './delta.ts'
import { asGatewayError, type GatewayError } from './errors.ts'
import type { Stage } from './handler.ts'

/** What became of a call whose caller was gone, while others waited for its answer. */
interface Told {
  readonly call: Call
  readonly ending: Ending
  /** Undefined: none ever began. */
  readonly answer: Answer | undefined
}

/** Records what was asked for several when the one who asked first was gone: it is charged all the same. */
export const tellFlight = (recorded: Stage<Call>, { call, ending, answer }: Told): void => {
  const own: Call = { ...call, id: createId(), notes: notesOf(call) }
  const told = answer ? retold(answer, ending) : undefined
  const end = (): Promise<Answer> => (told ? Promise.resolve(told) : Promise.reject(asGatewayError(ending.error)))
  const tell = async (): Promise<void> => {
    const again = await recorded(end)(own)
    while ((await again.pull()) !== undefined);
  }
  // Its failure was told to those who waited.
  tell().catch(() => undefined)
}

/** Its diary, without what was written for the one who is gone. */
const notesOf = ({ id, notes }: Call): Notes => {
  const { limits: _limits, cache: _cache, waiting: _waiting, idempotency: _key, replayOf: _of, ...asked } = notes
  return { ...asked, purpose: 'flight', parent: id }
}

/** An answer that ends in the same way, without its words. */
const retold = ({ head }: Answer, { error, summary }: Ending): Answer => new Answer(head, new Retold(error, summary))

class Retold implements Source {
  readonly #error: GatewayError | undefined
  readonly #deltas: readonly Delta[]
  #isTold = false

  constructor(error: GatewayError | undefined, summary: Ending['summary']) {
    this.#error = error
    const usage: readonly Delta[] = summary?.usage ? [{ kind: 'usage', usage: summary.usage }] : []
    this.#deltas = [...usage, ...(summary?.finishes ?? []), ...(error ? [] : [{ kind: 'end' } as const])]
  }

  pull(): Chunk | undefined {
    if (!this.#isTold) {
      this.#isTold = true
      return new Chunk(new Uint8Array(0), true, () => this.#deltas)
    }
    if (this.#error) throw this.#error
    return undefined
  }

  cancel(): void {
    // Nothing is under way.
  }
}

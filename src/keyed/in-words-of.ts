import { Answer, type Form, type Source } from '../core/answer.ts'
import { Chunk, type Reader } from '../core/chunk.ts'
import type { GatewayError } from '../core/errors.ts'
import type { Request } from '../core/request.ts'
import type { Wire, Writer } from '../wire/wire.ts'

/**
 * An answer in the language and the form in which it was asked, so that what is kept of it is what its caller was given:
 * names and times that are made up on the way into another language would be others the next time.
 */
export const inWordsOf = (request: Request, answer: Answer, wire: Wire | undefined): Answer => {
  const form: Form = request.stream ? 'events' : 'whole'
  const { head } = answer
  if (!wire || (head.wire === wire.name && head.form === form)) return answer
  // What is rewritten was seen to its end, and not every language marks that.
  const target = { ...head.target, quirks: { ...head.target.quirks, endMark: false } }
  return new Answer({ ...head, target, wire: wire.name, form }, new Rewriting(answer, wire, { form, request }))
}

/** Says in a language what an answer says in another one. */
class Rewriting implements Source {
  readonly #answer: Answer
  readonly #wire: Wire
  readonly #writer: Writer
  readonly #reader: Reader
  readonly #isWhole: boolean
  #isOver = false

  constructor(answer: Answer, wire: Wire, { form, request }: { readonly form: Form; readonly request: Request }) {
    this.#answer = answer
    this.#wire = wire
    this.#writer = wire.writer(form, request)
    this.#reader = wire.reader(form)
    this.#isWhole = form === 'whole'
  }

  async pull(): Promise<Chunk | undefined> {
    while (!this.#isOver) {
      const chunk = await this.#answer.pull()
      this.#isOver = chunk === undefined
      const text = chunk ? this.#said(chunk) : this.#writer.end()
      if (text !== '' && (this.#isOver || !this.#isWhole)) return this.#chunkOf(text)
    }
    return undefined
  }

  cancel(reason: GatewayError): void {
    this.#answer.cancel(reason)
  }

  #said(chunk: Chunk): string {
    let text = ''
    for (const delta of chunk.deltas) text += this.#writer.write(delta)
    return text
  }

  #chunkOf(text: string): Chunk {
    const bytes = Buffer.from(text, this.#isWhole ? 'utf8' : this.#wire.framing.encoding)
    return new Chunk(bytes, this.#wire.matters(bytes), this.#reader)
  }
}

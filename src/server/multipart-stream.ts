import { headOf, longestHead, malformed, mostFields } from './multipart.ts'

/** A part of a form as it comes. */
export interface FormPart {
  readonly name: string
  /** As its sender calls it; undefined: it is a plain field. */
  readonly fileName: string | undefined
  /** Empty where nothing is said of it. */
  readonly contentType: string
  /** To be read before the next part is asked for; what is left of it then is lost. */
  readonly bytes: AsyncIterable<Buffer>
}

/** Spaces that some put behind the end. */
const mostBehindEnd = 1_024

/**
 * The parts of a form, read as they come: no more of it is in memory than one piece of its source. As strict as `formFields`. Throws
 * `invalid_request` for what servers could read differently, and when it breaks off.
 */
export async function* formParts(source: AsyncIterable<Uint8Array>, boundary: string): AsyncGenerator<FormPart> {
  const form = new FormReader(source, boundary)
  try {
    await form.begin()
    for (let count = 0; await form.hasNext(); count++) {
      if (count === mostFields) throw malformed(`it has more than ${mostFields} fields`)
      const head = headOf(await form.head())
      const bytes = form.body()
      yield { ...head, bytes }
      // Whoever looked at a part only by its name has not read it.
      for await (const _ of bytes);
    }
    await form.end()
  } finally {
    await form.leave()
  }
}

class FormReader {
  readonly #source: AsyncIterator<Uint8Array>
  readonly #mark: Buffer
  #held: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Uint8Array>, boundary: string) {
    this.#source = source[Symbol.asyncIterator]()
    this.#mark = Buffer.from(`\r\n--${boundary}`)
  }

  async begin(): Promise<void> {
    const opening = this.#mark.subarray(2)
    await this.#hold(opening.length)
    if (!this.#held.subarray(0, opening.length).equals(opening)) throw malformed('it does not begin with its boundary')
    this.#drop(opening.length)
  }

  async hasNext(): Promise<boolean> {
    await this.#hold(2)
    const next = this.#held.toString('latin1', 0, 2)
    if (next !== '\r\n' && next !== '--') throw malformed('a boundary does not end its line')
    this.#drop(2)
    return next === '\r\n'
  }

  async head(): Promise<string> {
    let end = this.#held.indexOf('\r\n\r\n')
    while (end === -1 && this.#held.length <= longestHead && (await this.#more())) end = this.#held.indexOf('\r\n\r\n')
    if (end === -1 || end > longestHead) throw malformed('a field has no end of its head')
    const head = this.#held.toString('utf8', 0, end)
    if (head.startsWith('\r\n')) throw malformed('a field has no usual name')
    // The end of the head's last line may be the beginning of the next boundary's.
    this.#drop(end + 2)
    return head
  }

  async *body(): AsyncGenerator<Buffer> {
    // The two bytes that were left by the head.
    let skipped = 2
    for (;;) {
      const end = this.#held.indexOf(this.#mark)
      const sure = end === -1 ? this.#held.length - this.#mark.length + 1 : end
      if (sure > skipped) {
        const piece = this.#held.subarray(skipped, sure)
        this.#drop(sure)
        skipped = 0
        yield piece
      }
      if (end !== -1) {
        // Either all before it has gone, or there was nothing.
        this.#drop(this.#held.indexOf(this.#mark) + this.#mark.length)
        return
      }
      if (!(await this.#more())) throw malformed('it has no end')
    }
  }

  async end(): Promise<void> {
    while (this.#held.length <= mostBehindEnd && (await this.#more()));
    if (this.#held.length > mostBehindEnd) throw malformed('something follows its end')
  }

  async leave(): Promise<void> {
    await this.#source.return?.()
  }

  async #hold(length: number): Promise<void> {
    while (this.#held.length < length) if (!(await this.#more())) throw malformed('it has no end')
  }

  async #more(): Promise<boolean> {
    const next = await this.#source.next()
    if (next.done) return false
    this.#held = this.#held.length === 0 ? Buffer.from(next.value) : Buffer.concat([this.#held, next.value])
    return true
  }

  #drop(length: number): void {
    this.#held = this.#held.subarray(length)
  }
}

/** The head of a request. */
export interface RequestHead {
  readonly method: string
  readonly path: string
  readonly rawHeaders: readonly (readonly [name: string, value: string])[]
  readonly headers: Readonly<Record<string, string>>
}

const parseHead = (text: string): RequestHead => {
  const [first = '', ...lines] = text.split('\r\n')
  const [method = '', path = ''] = first.split(' ')
  const rawHeaders = lines.map((line): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
  const headers: Record<string, string> = {}
  for (const [name, value] of rawHeaders) {
    const known = headers[name.toLowerCase()]
    headers[name.toLowerCase()] = known === undefined ? value : `${known}, ${value}`
  }
  return { method, path, rawHeaders, headers }
}

/** Requests in the bytes of one connection, one after the other; lenient, since clients are not what is tested here. */
export class RequestReader {
  #chunks: Buffer[] = []
  #length = 0
  #ended = false
  #wake: (() => void) | undefined

  push(bytes: Buffer): void {
    this.#chunks.push(bytes)
    this.#length += bytes.length
    this.#wake?.()
  }

  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  /** The next head; undefined when the connection ended. */
  async head(): Promise<RequestHead | undefined> {
    const bytes = await this.#through('\r\n\r\n')
    return (
      bytes &&
      parseHead(
        bytes
          .toString('latin1')
          .replace(/^(\r\n)+/, '')
          .slice(0, -4),
      )
    )
  }

  /** Gives the body piece by piece to `take`; false when the connection ended before it was whole. */
  async body(head: RequestHead, take: (bytes: Buffer) => void): Promise<boolean> {
    if (!/chunked/i.test(head.headers['transfer-encoding'] ?? ''))
      return this.#pass(Number(head.headers['content-length'] ?? 0), take)
    for (;;) {
      const line = await this.#through('\r\n')
      if (line === undefined) return false
      const size = Number.parseInt(line.toString('latin1'), 16)
      if (size === 0) return (await this.#through('\r\n')) !== undefined
      if (!(await this.#pass(size, take)) || (await this.#through('\r\n')) === undefined) return false
    }
  }

  async #pass(count: number, take: (bytes: Buffer) => void): Promise<boolean> {
    for (let left = count; left > 0; ) {
      const bytes = this.#take(Math.min(left, this.#length))
      if (bytes.length > 0) take(bytes)
      else if (!(await this.#more())) return false
      left -= bytes.length
    }
    return true
  }

  async #through(mark: string): Promise<Buffer | undefined> {
    for (;;) {
      const at = this.#joined().indexOf(mark)
      if (at !== -1) return this.#take(at + mark.length)
      if (!(await this.#more())) return undefined
    }
  }

  #joined(): Buffer {
    if (this.#chunks.length !== 1) this.#chunks = [Buffer.concat(this.#chunks)]
    return this.#chunks[0] as Buffer
  }

  #take(count: number): Buffer {
    const all = this.#joined()
    this.#chunks = [all.subarray(count)]
    this.#length -= count
    return all.subarray(0, count)
  }

  /** Waits for more bytes; false when there will be none. */
  async #more(): Promise<boolean> {
    const before = this.#length
    while (this.#length === before && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.#length > before
  }
}

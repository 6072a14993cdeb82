import type { Framing, Splitter } from './framing.ts'

/** One event of a stream. */
export interface SseEvent {
  /** Empty where the stream names no event. */
  readonly event: string
  /** All `data:` lines, joined by line feeds. */
  readonly data: string
}

/** The events in bytes that hold whole events only. Comments, ids and unknown fields are passed over. */
export const readEvents = (bytes: Uint8Array): SseEvent[] => {
  let text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  if (text.charCodeAt(0) === 0xfeff) text = text.slice(1)
  const events: SseEvent[] = []
  let event = ''
  let data: string | undefined
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line === '') {
      if (data !== undefined) events.push({ event, data })
      event = ''
      data = undefined
    } else if (line.startsWith('data:')) {
      const value = line.charCodeAt(5) === 0x20 ? line.slice(6) : line.slice(5)
      data = data === undefined ? value : `${data}\n${value}`
    } else if (line.startsWith('event:')) event = line.slice(6).trim()
    else if (line === 'data') data = data === undefined ? '' : `${data}\n`
  }
  return events
}

/** One event, from a name of a fixed list (or none) and a value that is written as JSON, so that no line break can occur. */
export const writeEvent = (event: string, value: unknown): string =>
  event === '' ? `data: ${JSON.stringify(value)}\n\n` : `event: ${event}\ndata: ${JSON.stringify(value)}\n\n`

/** True for a piece that only keeps the connection alive: a comment with nothing behind it, or an event for nothing else. */
export const isKeepAlive = (piece: Buffer): boolean =>
  piece[0] === colon
    ? !piece.includes('\ndata:')
    : piece.length < 96 && (piece.includes('event: ping') || piece.includes('event: keepalive'))

const colon = 0x3a

const empty: Buffer = Buffer.alloc(0)

const lineFeed = 0x0a
const carriageReturn = 0x0d

/** Where the event that begins at `from` ends (after its empty line), or -1 while it is not whole. */
export const endOfEvent = (bytes: Buffer, from: number, hasReturns: boolean): number => {
  if (!hasReturns) {
    const end = bytes.indexOf('\n\n', from)
    return end === -1 ? -1 : end + 2
  }
  let lineStart = from
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte !== lineFeed && byte !== carriageReturn) continue
    const empty = at === lineStart
    if (byte === carriageReturn) {
      // A return that ends the bytes may be half of a pair: wait for the other half.
      if (at + 1 === bytes.length) return -1
      if (bytes[at + 1] === lineFeed) at++
    }
    if (empty) return at + 1
    lineStart = at + 1
  }
  return -1
}

/** Cuts a stream of bytes, however the network split it, into pieces of whole events. */
export class EventSplitter implements Splitter {
  /** The bytes of an event that is not whole yet, with room for more. */
  #rest: Buffer = empty
  #waiting = 0
  #hasReturns = false

  get waiting(): number {
    return this.#waiting
  }

  push(bytes: Buffer): Buffer | undefined {
    if (!this.#hasReturns && bytes.includes(carriageReturn)) this.#hasReturns = true
    let all = bytes
    if (this.#waiting > 0) {
      const mayEnd = this.#mayEnd(bytes)
      this.#append(bytes)
      if (!mayEnd) return undefined
      all = this.#rest.subarray(0, this.#waiting)
    }
    const end = this.#lastEnd(all)
    this.#rest = end === all.length ? empty : all.subarray(end)
    this.#waiting = this.#rest.length
    return end === 0 ? undefined : end === all.length ? all : all.subarray(0, end)
  }

  /** False when no event can end in these bytes: a long one is not searched anew each time that a bit of it comes. */
  #mayEnd(bytes: Buffer): boolean {
    const last = this.#rest[this.#waiting - 1]
    if (!this.#hasReturns) return (last === lineFeed && bytes[0] === lineFeed) || bytes.includes('\n\n')
    return last === carriageReturn || bytes.includes(lineFeed) || bytes.includes(carriageReturn)
  }

  /** Room is doubled, so that an event that comes in many bits is not copied for each of them. */
  #append(bytes: Buffer): void {
    const needed = this.#waiting + bytes.length
    if (needed > this.#rest.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#rest.length))
      this.#rest.copy(larger, 0, 0, this.#waiting)
      this.#rest = larger
    }
    bytes.copy(this.#rest, this.#waiting)
    this.#waiting = needed
  }

  /**
   * The event that waits when no more bytes come, if it is whole: where lines end with returns alone, only the end tells
   * that the last return is no half of a pair. Behind a pair it is one, and what follows was cut.
   */
  flush(): Buffer | undefined {
    const all = this.#rest.subarray(0, this.#waiting)
    if (all.at(-1) !== carriageReturn || all.at(-2) !== carriageReturn) return undefined
    this.#rest = empty
    this.#waiting = 0
    return all
  }

  split(piece: Buffer): Buffer[] {
    const events: Buffer[] = []
    for (let from = 0; from < piece.length; ) {
      const end = endOfEvent(piece, from, this.#hasReturns)
      const to = end === -1 ? piece.length : end
      events.push(piece.subarray(from, to))
      from = to
    }
    return events
  }

  #lastEnd(all: Buffer): number {
    if (!this.#hasReturns) {
      const end = all.lastIndexOf('\n\n')
      return end === -1 ? 0 : end + 2
    }
    let last = 0
    for (let end = endOfEvent(all, 0, true); end !== -1; end = endOfEvent(all, end, true)) last = end
    return last
  }
}

/** Server-sent events. */
export const sse: Framing = {
  contentType: 'text/event-stream',
  encoding: 'utf8',
  splitter: () => new EventSplitter(),
  isKeepAlive,
  comment: (text) => `: ${text}\n\n`,
}

import { crc32 } from 'node:zlib'
import type { Framing, Splitter } from './framing.ts'
import { garbled } from './garbled.ts'

/**
 * Amazon's binary event stream (`application/vnd.amazon.eventstream`). A message is: its length and that of its headers
 * (four bytes each, most significant first), a CRC-32 of these eight bytes, the headers, the payload, and a CRC-32 of
 * everything before. Source: https://smithy.io/2.0/aws/amazon-eventstream.html
 */
const preludeBytes = 12
const checksumBytes = 4
const leastBytes = preludeBytes + checksumBytes
/** As much as Amazon's own decoders take; nothing is kept for a message that says it is longer. */
const mostBytes = 16 * 1024 * 1024
const mostHeaderBytes = 128 * 1024

/** A message of a stream. */
export interface AwsEvent {
  /** `event`, `exception` or `error`; undefined where no header says it. */
  readonly type: string | undefined
  /** Of an event its type, of an exception or error its class. */
  readonly name: string
  /** What an error without payload says. */
  readonly message: string | undefined
  readonly payload: Buffer
}

const stringType = 7
/** Bytes of header values by their type: yes, no, 8, 16, 32 and 64 bits, bytes, text, a moment, a UUID. */
const valueBytes: readonly (number | undefined)[] = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16]

/** The texts among the headers of a message; values of other types are passed over. */
const textHeaders = (bytes: Buffer): Map<string, string> => {
  const headers = new Map<string, string>()
  for (let at = 0; at < bytes.length; ) {
    const nameEnd = at + 1 + (bytes[at] as number)
    const type = bytes[nameEnd]
    if (nameEnd === at + 1 || type === undefined || type >= valueBytes.length) throw garbled('a header is broken')
    let from = nameEnd + 1
    let length = valueBytes[type]
    if (length === undefined) {
      if (from + 2 > bytes.length) throw garbled('a header is broken')
      length = bytes.readUInt16BE(from)
      from += 2
    }
    if (from + length > bytes.length) throw garbled('a header is broken')
    if (type === stringType) {
      headers.set(bytes.toString('utf8', at + 1, nameEnd), bytes.toString('utf8', from, from + length))
    }
    at = from + length
  }
  return headers
}

const readMessage = (bytes: Buffer, from: number, to: number): AwsEvent => {
  const headersEnd = from + preludeBytes + bytes.readUInt32BE(from + 4)
  if (headersEnd > to - checksumBytes) throw garbled('headers are longer than their message')
  const headers = textHeaders(bytes.subarray(from + preludeBytes, headersEnd))
  const name = headers.get(':event-type') ?? headers.get(':exception-type') ?? headers.get(':error-code') ?? ''
  return {
    type: headers.get(':message-type'),
    name,
    message: headers.get(':error-message'),
    payload: bytes.subarray(headersEnd, to - checksumBytes),
  }
}

/** The messages in bytes that hold whole messages only, whose checksums the splitter has verified. Throws `upstream_garbled`. */
export const readAwsEvents = (bytes: Uint8Array): AwsEvent[] => {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const events: AwsEvent[] = []
  for (let from = 0; from < all.length; ) {
    const to = from + (from + leastBytes > all.length ? all.length + 1 : all.readUInt32BE(from))
    if (to > all.length || to < from + leastBytes) throw garbled('a message is cut')
    events.push(readMessage(all, from, to))
    from = to
  }
  return events
}

const header = (name: string, value: string): Buffer => {
  const text = Buffer.from(value, 'utf8')
  const bytes = Buffer.allocUnsafe(1 + name.length + 3 + text.length)
  bytes[0] = name.length
  bytes.write(name, 1, 'latin1')
  bytes[1 + name.length] = stringType
  bytes.writeUInt16BE(text.length, 2 + name.length)
  text.copy(bytes, 4 + name.length)
  return bytes
}

const jsonType = header(':content-type', 'application/json')
const eventMark = header(':message-type', 'event')
const exceptionMark = header(':message-type', 'exception')

/** Names come from fixed lists, so what stands before a payload is made once for each. */
const heads = new Map<string, Buffer>()

const headOf = (field: ':event-type' | ':exception-type', name: string): Buffer => {
  const known = heads.get(field + name)
  if (known) return known
  const head = Buffer.concat([header(field, name), jsonType, field === ':event-type' ? eventMark : exceptionMark])
  heads.set(field + name, head)
  return head
}

const writeMessage = (headers: Buffer, value: unknown): string => {
  const payload = JSON.stringify(value)
  const length = leastBytes + headers.length + Buffer.byteLength(payload)
  const bytes = Buffer.allocUnsafe(length)
  bytes.writeUInt32BE(length, 0)
  bytes.writeUInt32BE(headers.length, 4)
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8)
  headers.copy(bytes, preludeBytes)
  bytes.write(payload, preludeBytes + headers.length, 'utf8')
  bytes.writeUInt32BE(crc32(bytes.subarray(0, length - checksumBytes)), length - checksumBytes)
  return bytes.toString('latin1')
}

/** An event with a name of a fixed list, whose payload is JSON; one byte in each character. */
export const writeAwsEvent = (name: string, value: unknown): string => writeMessage(headOf(':event-type', name), value)

/** The same for an exception, after which a stream says nothing more. */
export const writeAwsException = (name: string, value: unknown): string =>
  writeMessage(headOf(':exception-type', name), value)

const empty: Buffer = Buffer.alloc(0)

/** Cuts a stream of bytes into whole messages and verifies both checksums of each. */
class MessageSplitter implements Splitter {
  #rest: Buffer = empty
  #waiting = 0
  /** Of the message that is not whole yet, once its prelude is there. */
  #needed = preludeBytes

  get waiting(): number {
    return this.#waiting
  }

  push(bytes: Buffer): Buffer | undefined {
    let all = bytes
    if (this.#waiting > 0) {
      this.#append(bytes)
      if (this.#waiting < this.#needed) return undefined
      all = this.#rest.subarray(0, this.#waiting)
    }
    const end = this.#verify(all)
    this.#rest = end === all.length ? empty : all.subarray(end)
    this.#waiting = this.#rest.length
    return end === 0 ? undefined : end === all.length ? all : all.subarray(0, end)
  }

  /** Nothing ends by the end alone. */
  flush(): undefined {
    return undefined
  }

  split(piece: Buffer): Buffer[] {
    const messages: Buffer[] = []
    for (let from = 0; from < piece.length; ) {
      const to = from + piece.readUInt32BE(from)
      messages.push(piece.subarray(from, to))
      from = to
    }
    return messages
  }

  /** Room is doubled, so that a message that comes in many bits is not copied for each of them. */
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

  /** Where the last whole message ends. */
  #verify(all: Buffer): number {
    let from = 0
    for (;;) {
      this.#needed = preludeBytes
      if (from + preludeBytes > all.length) return from
      const length = lengthAt(all, from)
      this.#needed = length
      const to = from + length
      if (to > all.length) return from
      if (crc32(all.subarray(from, to - checksumBytes)) !== all.readUInt32BE(to - checksumBytes)) {
        throw garbled('the checksum of a message is wrong')
      }
      from = to
    }
  }
}

/** The length of the message that begins at `from`; throws when its prelude cannot be true. */
const lengthAt = (all: Buffer, from: number): number => {
  if (crc32(all.subarray(from, from + 8)) !== all.readUInt32BE(from + 8)) {
    throw garbled('the checksum of a prelude is wrong')
  }
  const length = all.readUInt32BE(from)
  const headerBytes = all.readUInt32BE(from + 4)
  if (length < leastBytes + headerBytes) throw garbled('a message is shorter than its parts')
  if (length > mostBytes || headerBytes > mostHeaderBytes) throw garbled('a message is longer than any may be')
  return length
}

const remarkName = 'tollgateRemark'

/** The headers of a remark, which is how one is known again. */
const remarkHead = headOf(':event-type', remarkName)

/** An event of a type that no client knows: all of them pass it over. It keeps a stream alive. */
export const awsKeepAlive = writeAwsEvent(remarkName, {})

/** Amazon's binary event stream. */
export const awsEvents: Framing = {
  contentType: 'application/vnd.amazon.eventstream',
  encoding: 'latin1',
  splitter: () => new MessageSplitter(),
  isKeepAlive: (piece) => piece.readUInt32BE(0) === piece.length && piece.indexOf(remarkHead) === preludeBytes,
  comment: (text) => writeAwsEvent(remarkName, { text }),
}

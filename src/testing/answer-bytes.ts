import { STATUS_CODES } from 'node:http'
import { gzipSync } from 'node:zlib'
import type { Delay, Step } from './step.ts'

/** Bytes of content, and how long to wait before they are written. */
export interface Piece {
  readonly delayMs: Delay
  readonly bytes: Buffer
}

const framingOf = (step: Step): NonNullable<Step['framing']> => step.framing ?? (step.events ? 'chunked' : 'length')

/** The content of a step as it goes over the network, before it is framed. */
export function* piecesOf(step: Step): Generator<Piece> {
  const encode = (part: string | Buffer): Buffer => (step.gzip ? gzipSync(part) : Buffer.from(part))
  if (step.split) {
    yield* splitPieces(Buffer.concat((step.events ?? [step.body ?? '']).map(encode)), step)
    return
  }
  if (!step.events) {
    yield { delayMs: step.firstEventDelayMs ?? 0, bytes: encode(step.body ?? '') }
    return
  }
  let isFirst = true
  do {
    for (const event of step.events) {
      yield { delayMs: (isFirst ? step.firstEventDelayMs : step.eventDelayMs) ?? 0, bytes: encode(event) }
      isFirst = false
    }
  } while (step.endless && step.events.length > 0)
}

function* splitPieces(content: Buffer, step: Step): Generator<Piece> {
  const offsets = step.split === 'bytes' ? Array.from(content, (_, index) => index) : [...(step.split ?? [])]
  const inside = offsets.filter((offset) => offset > 0 && offset < content.length).sort((one, other) => one - other)
  let from = 0
  for (const to of [...inside, content.length]) {
    yield { delayMs: (from === 0 ? step.firstEventDelayMs : step.eventDelayMs) ?? 0, bytes: content.subarray(from, to) }
    from = to
  }
}

/** The head of the answer. */
export const headOf = (step: Step): string => {
  const framing = framingOf(step)
  const lines = [`HTTP/1.1 ${step.status ?? 200} ${STATUS_CODES[step.status ?? 200] ?? 'Unknown'}`]
  const given = new Set(Object.keys(step.headers ?? {}).map((name) => name.toLowerCase()))
  const add = (name: string, value: string): void => {
    if (!given.has(name)) lines.push(`${name}: ${value}`)
  }
  for (const [name, value] of Object.entries(step.headers ?? {}))
    for (const one of typeof value === 'string' ? [value] : value) lines.push(`${name}: ${one}`)
  add('content-type', step.events ? 'text/event-stream; charset=utf-8' : 'application/json')
  add('date', new Date().toUTCString())
  if (step.gzip) add('content-encoding', 'gzip')
  if (step.closes || framing === 'close') add('connection', 'close')
  if (step.contentLength !== undefined) add('content-length', String(step.contentLength))
  else if (framing === 'length') add('content-length', String(lengthOf(step)))
  else if (framing !== 'close') add('transfer-encoding', 'chunked')
  return `${lines.join('\r\n')}\r\n\r\n`
}

const lengthOf = (step: Step): number => {
  let length = 0
  for (const piece of piecesOf({ ...step, endless: false })) length += piece.bytes.length
  return length
}

/** Puts content into the framing of its step: `frame` one piece, of which only `sent` bytes may go out, and the `end`. */
export const createFraming = (step: Step) => {
  const framing = framingOf(step)
  const isChunked = step.contentLength === undefined && (framing === 'chunked' || framing === 'garbage')
  let count = 0
  return {
    frame: (bytes: Buffer, sent = bytes.length): Buffer => {
      if (!isChunked || bytes.length === 0) return bytes.subarray(0, sent)
      const size = framing === 'garbage' && count++ > 0 ? 'not a size' : bytes.length.toString(16)
      const end = sent === bytes.length ? '\r\n' : ''
      return Buffer.concat([Buffer.from(`${size}\r\n`), bytes.subarray(0, sent), Buffer.from(end)])
    },
    end: isChunked ? '0\r\n\r\n' : '',
    /** May the connection carry another answer after this one? */
    keepsAlive: framing !== 'close' && framing !== 'garbage' && step.contentLength === undefined && !step.closes,
  }
}

/** Cuts a stream of bytes, however the network split it, into pieces of whole events; new for each answer. */
export interface Splitter {
  /** Bytes of an event that is not whole yet. */
  readonly waiting: number
  /** All events that are whole now, as one piece; undefined when there is none. Throws `upstream_garbled` for what is no event. */
  push(bytes: Buffer): Buffer | undefined
  /** What is whole only because no more bytes come; undefined when nothing is. */
  flush(): Buffer | undefined
  /** A piece cut into single events. */
  split(piece: Buffer): Buffer[]
}

/** How the events of a language follow each other in a stream. */
export interface Framing {
  /** The content type of such a stream, as callers get it; an upstream's may have parameters behind it. */
  readonly contentType: string
  /** What stands in the strings of a `Writer`: text, or one byte in each character where events are binary. */
  readonly encoding: 'utf8' | 'latin1'
  splitter(): Splitter
  /** True for a piece that only keeps the connection alive. */
  isKeepAlive(piece: Buffer): boolean
  /** A remark that clients pass over; empty where the framing has no room for one. */
  comment(text: string): string
}

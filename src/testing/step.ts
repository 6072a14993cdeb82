import type { ReceivedRequest } from './journal.ts'

/** How long nothing happens: milliseconds, or until the peer goes away. */
export type Delay = number | 'forever'

/** How a connection is ended: `reset` sends RST, `end` sends FIN. */
export type Ending = 'reset' | 'end'

/** What a fake upstream does with one request. An empty step answers 200 with an empty body. */
export interface Step {
  /** Default 200. */
  readonly status?: number | undefined
  /** Headers of the answer; those that frame it are written by `framing` unless they are named here. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | undefined
  /** The whole body. */
  readonly body?: string | Buffer | undefined
  /** Pieces written one at a time instead of a whole body; the content type becomes `text/event-stream`. */
  readonly events?: readonly (string | Buffer)[] | undefined
  /** Writes the events over and over until the peer goes away. */
  readonly endless?: boolean | undefined
  /** Before the head of the answer. */
  readonly headDelayMs?: Delay | undefined
  /** After the head, before the body or the first event. */
  readonly firstEventDelayMs?: Delay | undefined
  /** Before each further event. */
  readonly eventDelayMs?: Delay | undefined
  /** After the last byte of the content, before the answer is ended. */
  readonly endDelayMs?: Delay | undefined
  /**
   * How the body's end is marked: by its length (default for a body), by chunks (default for events), by closing the
   * connection, or by chunks whose sizes are garbage from the second on.
   */
  readonly framing?: 'length' | 'chunked' | 'close' | 'garbage' | undefined
  /** A content length that need not be true. */
  readonly contentLength?: number | undefined
  /** Compresses the content; each event is a gzip member of its own. */
  readonly gzip?: boolean | undefined
  /** Cuts the content anew: `bytes` writes one byte at a time, numbers are offsets at which a new write begins. */
  readonly split?: 'bytes' | readonly number[] | undefined
  /** Ends the connection when so many bytes of the content (as sent, without chunk sizes) have gone out. */
  readonly cut?: { readonly atByte: number; readonly by: Ending } | undefined
  /** Ends the connection instead of answering, after `headDelayMs`. */
  readonly hangUp?: Ending | undefined
  /** Bytes after the end of the answer that belong to nothing. */
  readonly garbage?: string | Buffer | undefined
  /** Bytes in place of a whole HTTP answer; the connection is ended after them. */
  readonly raw?: string | Buffer | undefined
  /** Answers as soon as the head of the request has come, without waiting for its body. */
  readonly early?: boolean | undefined
  /** Ends the connection after the answer, and says so in its head. */
  readonly closes?: boolean | undefined
}

/** A step, or what makes one from the request that it answers. */
export type ScriptStep = Step | ((request: ReceivedRequest) => Step | Promise<Step>)

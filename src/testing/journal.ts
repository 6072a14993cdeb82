/** One request as a fake upstream received it; written on while the exchange runs. */
export interface ReceivedRequest {
  readonly method: string
  /** With its query. */
  readonly path: string
  /** Lower-case names; a name that came several times has its values joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  /** Every header line as it came. */
  readonly rawHeaders: readonly (readonly [name: string, value: string])[]
  /** The number of the connection it came over, counted from 1. */
  readonly connection: number
  /** When its head was there, in milliseconds of `performance.now()`; so are all times here. */
  readonly receivedAt: number
  /** The body as UTF-8, decoded from chunks; what has come of it when it was cut. */
  readonly body: string
  /** Bytes of the body, without chunk sizes. */
  readonly bytes: number
  /** When the last byte of the answer was handed to the system; undefined while it runs or when it never came so far. */
  readonly answeredAt: number | undefined
  /** When the peer went away before the answer was whole. */
  readonly abortedAt: number | undefined
}

/** A received request that the server itself may still change. */
export type JournalEntry = { -readonly [Field in keyof ReceivedRequest]: ReceivedRequest[Field] }

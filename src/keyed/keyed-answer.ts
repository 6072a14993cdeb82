import type { Answer, Form, Head } from '../core/answer.ts'
import type { KeptChunk } from '../core/kept-answer.ts'
import { decodeKept, encodeKept } from '../core/kept-bytes.ts'
import { replay, targetNamed } from '../core/replay.ts'
import type { Wire } from '../wire/wire.ts'

/** A whole answer to a call with a key, as it came. */
export interface KeyedAnswer {
  /** The id of the call. */
  readonly call: string
  /** Its public model. */
  readonly model: string | undefined
  readonly head: Head
  readonly chunks: readonly KeptChunk[]
}

const prefixBytes = 4

/** An answer in bytes, with whose it is before it. */
export const packed = ({ call, model, head, chunks }: KeyedAnswer): Uint8Array => {
  const whose = Buffer.from(JSON.stringify({ call, model }))
  const prefix = Buffer.alloc(prefixBytes)
  prefix.writeUInt32BE(whose.length)
  const { wire, form, target, headers } = head
  const kept = encodeKept({ ...notAsked, wire, form: form as Form, target: target.id, headers, chunks })
  return Buffer.concat([prefix, whose, kept])
}

/** What an answer took the first time is nothing to whoever gets it again. */
const notAsked = { finishes: [], usage: undefined, costNanos: undefined, firstTokenMs: 0, durationMs: 0 }

/** What was packed; undefined: another version of this program did it. */
export const unpacked = (bytes: Uint8Array): KeyedAnswer | undefined => {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = prefixBytes + all.readUInt32BE(0)
  const kept = decodeKept(all.subarray(end))
  if (!kept) return undefined
  const { call, model } = JSON.parse(all.toString('utf8', prefixBytes, end))
  const { wire, form, target, headers, chunks } = kept
  return { call, model, head: { wire, form, target: targetNamed(target), headers }, chunks }
}

/** An answer once more, in the language in which it came. */
export const replayed = ({ head, chunks }: KeyedAnswer, wire: Wire): Answer | undefined => {
  const { form, target, headers } = head
  const kept = { ...notAsked, wire: wire.name, form: form as Form, target: target.id, headers, chunks }
  return replay(kept, { reader: (_name, asked) => wire.reader(asked) })
}

import { Answer, type Form, type Head, type Source } from '../core/answer.ts'
import { Chunk } from '../core/chunk.ts'
import type { Target } from '../core/target.ts'
import type { Wire } from '../wire/wire.ts'

/** A whole answer to a call with a key, as it came. */
export interface KeyedAnswer {
  /** The id of the call. */
  readonly call: string
  /** Its public model. */
  readonly model: string | undefined
  readonly head: Head
  readonly chunks: readonly Uint8Array[]
}

const version = 1
const prefixBytes = 4

/** An answer in bytes: its head as JSON, then its chunks, one after the other. */
export const packed = ({ call, model, head, chunks }: KeyedAnswer): Uint8Array => {
  const { wire, form, target, headers } = head
  const sizes = chunks.map(({ byteLength }) => byteLength)
  const facts = Buffer.from(JSON.stringify({ version, call, model, wire, form, target: target.id, headers, sizes }))
  const prefix = Buffer.alloc(prefixBytes)
  prefix.writeUInt32BE(facts.length)
  return Buffer.concat([prefix, facts, ...chunks])
}

/** What was packed; undefined: another version of this program did it. */
export const unpacked = (bytes: Uint8Array): KeyedAnswer | undefined => {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const factsEnd = prefixBytes + all.readUInt32BE(0)
  const facts = JSON.parse(all.toString('utf8', prefixBytes, factsEnd))
  if (facts.version !== version) return undefined
  const { call, model, wire, form, target, headers, sizes } = facts
  const chunks: Uint8Array[] = []
  let at = factsEnd
  for (const size of sizes) {
    chunks.push(all.subarray(at, at + size))
    at += size
  }
  return { call, model, head: { wire, form, target: targetNamed(target), headers }, chunks }
}

/** The target may be gone by now: its answer stays what it was, whole also where it has no end mark. */
const targetNamed = (id: string): Target => {
  const slash = id.indexOf('/')
  return {
    id,
    provider: id.slice(0, slash),
    model: id.slice(slash + 1),
    weight: 1,
    quirks: { endMark: false },
    facts: undefined,
  }
}

/** An answer once more, in the language in which it came. */
export const replayed = ({ head, chunks }: KeyedAnswer, wire: Wire): Answer => {
  const reader = wire.reader(head.form as Form)
  let next = 0
  const source: Source = {
    pull: () => {
      const bytes = chunks[next++]
      return bytes && new Chunk(bytes, wire.matters(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)), reader)
    },
    cancel: () => {
      next = chunks.length
    },
  }
  return new Answer(head, source)
}

import type { JsonObject } from './json.ts'
import type { KeptAnswer, KeptChunk } from './kept-answer.ts'
import { seal, unseal } from './sealed-bytes.ts'

/** Changed whenever answers are written in another way, so that nothing old is read wrongly. */
const version = 1

/** For each chunk: its length, with the highest bit for whether it matters, and microseconds after the one before it. */
const entryBytes = 8
const mattersBit = 0x8000_0000
const mostMicros = 0xffff_ffff

/** An answer as it lies in a store. */
export const encodeKept = ({ chunks, costNanos, ...facts }: KeptAnswer): Uint8Array => {
  const table = Buffer.allocUnsafe(chunks.length * entryBytes)
  for (const [index, { bytes, matters, afterMs }] of chunks.entries()) {
    table.writeUInt32LE(bytes.byteLength + (matters ? mattersBit : 0), index * entryBytes)
    table.writeUInt32LE(Math.min(mostMicros, Math.max(0, Math.round(afterMs * 1_000))), index * entryBytes + 4)
  }
  const written = { ...facts, costNanos: costNanos?.toString(), count: chunks.length }
  return seal(version, written, [table, ...chunks.map(({ bytes }) => bytes)])
}

/** An answer from a store; undefined when these bytes are none, or not all of one. Its chunks lie in the given bytes. */
export const decodeKept = (given: Uint8Array): KeptAnswer | undefined => {
  const sealed = unseal(version, given)
  if (!sealed) return undefined
  const { count, costNanos, ...facts } = sealed.facts
  const chunks = chunksIn(sealed.bytes, count)
  if (!chunks) return undefined
  // The checksum and the version say that `encodeKept` wrote it.
  const kept = facts as JsonObject & Omit<KeptAnswer, 'chunks' | 'costNanos'>
  return { ...kept, usage: kept.usage, chunks, costNanos: costNanos === undefined ? undefined : BigInt(String(costNanos)) }
}

const chunksIn = (bytes: Buffer, count: JsonObject[string]): KeptChunk[] | undefined => {
  if (typeof count !== 'number' || count * entryBytes > bytes.length) return undefined
  const chunks = new Array<KeptChunk>(count)
  let at = count * entryBytes
  for (let index = 0; index < count; index++) {
    const size = bytes.readUInt32LE(index * entryBytes)
    const matters = size >= mattersBit
    const end = at + (matters ? size - mattersBit : size)
    chunks[index] = { bytes: bytes.subarray(at, end), matters, afterMs: bytes.readUInt32LE(index * entryBytes + 4) / 1_000 }
    at = end
  }
  return at === bytes.length ? chunks : undefined
}

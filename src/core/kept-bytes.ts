import type { JsonObject } from './json.ts'
import type { KeptAnswer, KeptChunk } from './kept-answer.ts'
import { type Sealed, seal, unseal } from './sealed-bytes.ts'

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
  const written = { ...facts, costNanos: costNanos?.toString() }
  const pieces = chunks.map(({ bytes }) => bytes)
  return seal(version, written, pieces, table)
}

/** An answer from a store; undefined when these bytes are none, or not all of one. Its chunks lie in the given bytes. */
export const decodeKept = (given: Uint8Array): KeptAnswer | undefined => {
  const sealed = unseal(version, given)
  const chunks = sealed && chunksIn(sealed)
  if (!chunks) return undefined
  const { costNanos, ...facts } = sealed.facts
  // The checksum and the version say that `encodeKept` wrote it.
  const kept = facts as JsonObject & Omit<KeptAnswer, 'chunks' | 'costNanos'>
  return {
    ...kept,
    usage: kept.usage,
    chunks,
    costNanos: costNanos === undefined ? undefined : BigInt(String(costNanos)),
  }
}

const chunksIn = ({ table, bytes }: Sealed): KeptChunk[] | undefined => {
  const count = Math.floor(table.length / entryBytes)
  const chunks = new Array<KeptChunk>(count)
  let at = 0
  for (let index = 0; index < count; index++) {
    const size = table.readUInt32LE(index * entryBytes)
    const matters = size >= mattersBit
    const end = at + (matters ? size - mattersBit : size)
    const afterMs = table.readUInt32LE(index * entryBytes + 4) / 1_000
    chunks[index] = { bytes: bytes.subarray(at, end), matters, afterMs }
    at = end
  }
  return at === bytes.length ? chunks : undefined
}

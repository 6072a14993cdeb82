import { crc32 } from 'node:zlib'
import { isObject, type JsonObject } from './json.ts'

/** A description with bytes that belong to it. */
export interface Sealed {
  readonly facts: JsonObject
  /** What of the bytes is found where. */
  readonly table: Buffer
  readonly bytes: Buffer
}

/** Version, checksum of what follows up to the end of the table, lengths of description, table and bytes. */
const headBytes = 17
const checkedFrom = 5

const noTable = Buffer.alloc(0)

/**
 * Bytes behind what describes them. That they come back as they were put is what stores are for; the checksum tells a
 * description of one's own from whatever else may lie under its name. The version is that of whoever writes it.
 */
export const seal = (version: number, facts: object, bytes: readonly Uint8Array[], table: Buffer = noTable): Buffer => {
  const text = JSON.stringify(facts)
  const factBytes = Buffer.byteLength(text)
  let restBytes = 0
  for (const piece of bytes) restBytes += piece.byteLength
  let at = headBytes + factBytes
  const sealed = Buffer.allocUnsafe(at + table.length + restBytes)
  sealed[0] = version
  sealed.writeUInt32LE(factBytes, checkedFrom)
  sealed.writeUInt32LE(table.length, checkedFrom + 4)
  sealed.writeUInt32LE(restBytes, checkedFrom + 8)
  sealed.write(text, headBytes, 'utf8')
  sealed.set(table, at)
  at += table.length
  sealed.writeUInt32LE(crc32(sealed.subarray(checkedFrom, at)), 1)
  for (const piece of bytes) {
    sealed.set(piece, at)
    at += piece.byteLength
  }
  return sealed
}

/** What `seal` was given; undefined for anything else, and for what is longer or shorter. */
export const unseal = (version: number, given: Uint8Array): Sealed | undefined => {
  const sealed = Buffer.from(given.buffer, given.byteOffset, given.byteLength)
  if (sealed.length < headBytes || sealed[0] !== version) return undefined
  const factsEnd = headBytes + sealed.readUInt32LE(checkedFrom)
  const tableEnd = factsEnd + sealed.readUInt32LE(checkedFrom + 4)
  if (tableEnd + sealed.readUInt32LE(checkedFrom + 8) !== sealed.length) return undefined
  if (sealed.readUInt32LE(1) !== crc32(sealed.subarray(checkedFrom, tableEnd))) return undefined
  try {
    const facts: unknown = JSON.parse(sealed.toString('utf8', headBytes, factsEnd))
    if (!isObject(facts)) return undefined
    return { facts, table: sealed.subarray(factsEnd, tableEnd), bytes: sealed.subarray(tableEnd) }
  } catch {
    return undefined
  }
}

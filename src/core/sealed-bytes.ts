import { crc32 } from 'node:zlib'
import { isObject, type JsonObject } from './json.ts'

/** A description with bytes that belong to it. */
export interface Sealed {
  readonly facts: JsonObject
  readonly bytes: Buffer
}

/** Version, checksum of what follows it, length of the description. */
const headBytes = 9
const checkedFrom = 5

/**
 * Bytes behind their description, with a checksum: what was torn on a disk must not be taken for whole. The version is
 * that of whoever writes it, who so never reads what it has written in another way.
 */
export const seal = (version: number, facts: object, bytes: readonly Uint8Array[]): Buffer => {
  const text = JSON.stringify(facts)
  const factBytes = Buffer.byteLength(text)
  let length = headBytes + factBytes
  for (const piece of bytes) length += piece.byteLength
  // A buffer of its own: what is kept must not hold on to a piece of shared memory.
  const sealed = Buffer.allocUnsafeSlow(length)
  sealed[0] = version
  sealed.writeUInt32LE(factBytes, checkedFrom)
  sealed.write(text, headBytes, 'utf8')
  let at = headBytes + factBytes
  for (const piece of bytes) {
    sealed.set(piece, at)
    at += piece.byteLength
  }
  sealed.writeUInt32LE(crc32(sealed.subarray(checkedFrom)), 1)
  return sealed
}

/** What `seal` was given; undefined for anything else, and for what is not whole. */
export const unseal = (version: number, given: Uint8Array): Sealed | undefined => {
  const sealed = Buffer.from(given.buffer, given.byteOffset, given.byteLength)
  if (sealed.length < headBytes || sealed[0] !== version) return undefined
  if (sealed.readUInt32LE(1) !== crc32(sealed.subarray(checkedFrom))) return undefined
  const end = headBytes + sealed.readUInt32LE(checkedFrom)
  if (end > sealed.length) return undefined
  try {
    const facts: unknown = JSON.parse(sealed.toString('utf8', headBytes, end))
    return isObject(facts) ? { facts, bytes: sealed.subarray(end) } : undefined
  } catch {
    return undefined
  }
}

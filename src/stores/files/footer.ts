import type { FileHandle } from 'node:fs/promises'
import type { StoredFile } from '../file-store.ts'

const mark = Buffer.from('tollgate')
const tailBytes = 4 + mark.length
const longestFacts = 16 * 1024

/**
 * What is known of a file, to be written behind its bytes: so one name holds everything, and one renaming makes a file
 * be there whole.
 */
export const footerOf = (file: StoredFile): Buffer => {
  const facts = Buffer.from(JSON.stringify(file))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(facts.length)
  return Buffer.concat([facts, length, mark])
}

/** What is known of an open file; undefined where it is none of ours. */
export const readFooter = async (handle: FileHandle): Promise<StoredFile | undefined> => {
  const { size } = await handle.stat()
  if (size < tailBytes) return undefined
  const tail = await bytesOf(handle, size - tailBytes, tailBytes)
  const length = tail.readUInt32LE()
  if (!tail.subarray(4).equals(mark) || length > longestFacts || length > size - tailBytes) return undefined
  const file: StoredFile = JSON.parse((await bytesOf(handle, size - tailBytes - length, length)).toString())
  return { ...file, expiresAt: file.expiresAt }
}

const bytesOf = async (handle: FileHandle, at: number, length: number): Promise<Buffer> => {
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, at)
  return buffer
}

import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { GatewayError } from '../../core/errors.ts'
import { onDisk } from './disk.ts'

/** Writes bytes as they come, no faster than the disk takes them. Throws `too_large`, and whatever the source fails with. */
export const pour = async (
  bytes: Readable | Uint8Array,
  handle: FileHandle,
  most: number,
): Promise<{ readonly size: number; readonly sha256: string }> => {
  const hash = createHash('sha256')
  let size = 0
  for await (const part of bytes instanceof Uint8Array ? [bytes] : bytes) {
    size += part.length
    if (size > most)
      throw new GatewayError('too_large', `The file is larger than ${most} bytes, the limit of this server.`)
    hash.update(part)
    await onDisk(handle.writeFile(part))
  }
  return { size, sha256: hash.digest('hex') }
}

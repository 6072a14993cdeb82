import { buffer } from 'node:stream/consumers'
import type { JobBytes } from '../core/job.ts'
import type { FileStore, StoredFile } from '../stores/file-store.ts'

/** More than this lies in a file of its own, so that rows stay small. */
export const mostInRow = 262_144

/** Files of jobs are deleted with their jobs; what a crash left behind goes after this time, longer than any job is kept. */
export const longestKeptMs = 100 * 86_400_000

/** Whose bytes they are, and when at the latest nobody needs them. */
export type BytesOf = Pick<StoredFile, 'owner' | 'name' | 'contentType' | 'expiresAt'>

/** Puts bytes where they belong: few into the row, many into a file. */
export const storedBytes = async (
  bytes: Uint8Array,
  files: FileStore,
  { owner, name, contentType, expiresAt }: BytesOf,
): Promise<JobBytes> => {
  if (bytes.length <= mostInRow) return { bytes }
  const { id, size } = await files.add(
    { owner, name, contentType, expiresAt, purpose: 'job' },
    bytes,
    Number.MAX_SAFE_INTEGER,
  )
  return { file: id, size }
}

/** The bytes, wherever they lie. Rejects with `not_found` where their file is gone. */
export const bytesOf = async (stored: JobBytes, files: FileStore): Promise<Uint8Array> => {
  if ('bytes' in stored) return stored.bytes
  return buffer(await files.read(stored.file))
}

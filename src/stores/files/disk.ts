import { type FileHandle, mkdir, open, readdir } from 'node:fs/promises'
import { GatewayError } from '../../core/errors.ts'

const codeOf = (thrown: unknown): string | undefined =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : undefined

/** What the disk refused, in words for callers; its own stay in the cause. */
export const onDisk = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work
  } catch (cause) {
    const why = codeOf(cause) === 'ENOSPC' ? 'its disk is full' : 'its disk cannot be used'
    throw new GatewayError('store_unavailable', `The server cannot keep files at present: ${why}.`, { cause })
  }
}

/** Undefined where there is no such file or folder. */
export const unlessMissing = async <T>(work: Promise<T>): Promise<T | undefined> => {
  try {
    return await work
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return undefined
    throw thrown
  }
}

export const makeFolder = (path: string): Promise<unknown> => mkdir(path, { recursive: true, mode: 0o700 })

/** The names in a folder; none where there is no folder. */
export const namesIn = async (path: string): Promise<readonly string[]> => (await unlessMissing(readdir(path))) ?? []

export const openToRead = (path: string): Promise<FileHandle | undefined> => unlessMissing(open(path, 'r'))

/** Puts on disk which names a folder has. */
export const syncFolder = async (path: string): Promise<void> => {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

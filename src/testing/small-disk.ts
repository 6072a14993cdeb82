import { spawnSync } from 'node:child_process'
import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A disk in memory that has room for so little that a test can fill it. */
export interface SmallDisk extends AsyncDisposable {
  readonly path: string
  /** Leaves no room on it. */
  fill(): Promise<void>
  /** Takes away what it was filled with. */
  clear(): Promise<void>
}

/** Mounts one; undefined where this user may not. */
export const smallDisk = async (megabytes: number): Promise<SmallDisk | undefined> => {
  const path = await mkdtemp(join(tmpdir(), 'tollgate-disk-'))
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path])
  if (status !== 0) {
    await rm(path, { recursive: true })
    return undefined
  }
  const ballast = join(path, 'ballast')
  return {
    path,
    fill: async () => {
      for (const size of [65_536, 4_096]) await appendAll(ballast, size)
    },
    clear: () => rm(ballast),
    [Symbol.asyncDispose]: async () => {
      spawnSync('umount', [path])
      await rm(path, { recursive: true })
    },
  }
}

/** Pieces of this size, as long as there is room for one. */
const appendAll = async (path: string, size: number): Promise<void> => {
  const piece = Buffer.alloc(size)
  for (;;) {
    try {
      await appendFile(path, piece)
    } catch {
      return
    }
  }
}

import { mkdirSync, rmdirSync, statSync } from 'node:fs'

/** Whoever holds it needs a few renames: after so long it died with it. */
const longestMs = 2_000
const patienceMs = 2 * longestMs
const pauseMs = 2

/**
 * Does something with a file while no other process or thread does the same. Throws where its folder cannot be written, and when
 * nobody lets go of it within four seconds.
 */
export const alone = <T>(path: string, work: () => T): T => {
  const claim = `${path}.aside`
  const pause = new Int32Array(new SharedArrayBuffer(4))
  const deadline = performance.now() + patienceMs
  while (!claimed(claim)) {
    if (performance.now() > deadline) throw new Error(`${claim} is in the way; remove it.`)
    Atomics.wait(pause, 0, 0, pauseMs)
  }
  try {
    return work()
  } finally {
    remove(claim)
  }
}

/** A folder is made by one of all who try. */
const claimed = (claim: string): boolean => {
  try {
    mkdirSync(claim)
    return true
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown
  }
  const found = statSync(claim, { throwIfNoEntry: false })
  if (found && Date.now() - found.mtimeMs > longestMs) remove(claim)
  return false
}

const remove = (claim: string): void => {
  try {
    rmdirSync(claim)
  } catch {
    // Somebody else did; or it cannot be, which who waits for it tells.
  }
}

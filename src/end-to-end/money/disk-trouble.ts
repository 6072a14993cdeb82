import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readdirSync, writeSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Ends the trouble. */
export type EndTrouble = () => Promise<void>

const setImmutable = (paths: readonly string[], isImmutable: boolean): boolean =>
  spawnSync('chattr', [isImmutable ? '+i' : '-i', ...paths]).status === 0

/**
 * From now on nothing in this folder can be written, whoever has it open: a disk is not mounted anew without leave to write
 * while somebody writes there, so its files are made immutable. Not the memory that connections share (`-shm`): a page of it
 * that may not be written ends the process, and on a disk that turns read-only it is there already.
 */
export const freeze = async (folder: string): Promise<EndTrouble> => {
  const files = readdirSync(folder).filter((name) => !name.endsWith('-shm'))
  const paths = [folder, ...files.map((name) => join(folder, name))]
  setImmutable(paths, true)
  return async () => void setImmutable(paths, false)
}

/** Can files of this folder be made so, for those too who have them open? */
export const canFreeze = async (folder: string): Promise<boolean> => {
  const path = join(folder, 'probe')
  const file = openSync(path, 'w')
  try {
    if (!setImmutable([path], true)) return false
    writeSync(file, 'x')
    return false
  } catch {
    return true
  } finally {
    setImmutable([path], false)
    closeSync(file)
    await rm(path)
  }
}

/** Is there a tracer that may look into processes? */
export const canTrace = (): boolean => spawnSync('strace', ['-e', 'trace=none', 'true']).status === 0

/** From now on these calls of the system fail in a process, as those of a disk that is broken. */
export const breakCalls = async (pid: number, calls: string): Promise<EndTrouble> => {
  const words = ['-f', '-o', '/dev/null', '-p', String(pid), '-e', `trace=${calls}`, '-e', `inject=${calls}:error=EIO`]
  const tracer = spawn('strace', words, { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(tracer, 'close')
  const said = createInterface(tracer.stderr)
  const attached = once(said, 'line').then(([line]) => {
    if (!String(line).includes('attached')) throw new Error(String(line))
  })
  await Promise.race([attached, ended])
  // Whatever else it says is not read, and must not keep it waiting.
  said.on('line', () => {})
  return async () => {
    tracer.kill('SIGTERM')
    await ended
  }
}

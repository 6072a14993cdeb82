import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import process from 'node:process'

const read = (work: () => string): string => {
  try {
    return work().trim()
  } catch {
    return ''
  }
}

/** This boot of this machine, and the namespace its process numbers are of: a container has numbers of its own. */
const bootAndNamespace = (): string => {
  const boot = read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'))
  const namespace = read(() => readlinkSync('/proc/self/ns/pid'))
  return boot === '' || namespace === '' ? '' : `${boot} ${namespace}`
}

let name: string | undefined

/** Names where process numbers of this process mean something. */
export const hostName = (): string => {
  name ??= bootAndNamespace() || hostname()
  return name
}

/** Is a process surely gone? False where it cannot be known: elsewhere, or before another boot. */
export const isGone = (host: string, pid: number): boolean => {
  if (host !== hostName() || bootAndNamespace() === '') return false
  try {
    process.kill(pid, 0)
    return false
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH'
  }
}

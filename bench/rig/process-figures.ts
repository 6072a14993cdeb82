import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts the time of processes in hundredths of a second, whatever the kernel's own clock is. */
const ticksPerSecond = 100

/** What a file of /proc says, or nothing when its process is gone. */
const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** A process and all that descend from it. */
export const processesOf = (pid: number): number[] => {
  const found = [pid]
  let threads: string[] = []
  try {
    threads = readdirSync(`/proc/${pid}/task`)
  } catch {
    return found
  }
  for (const thread of threads) {
    const children = read(`/proc/${pid}/task/${thread}/children`).trim()
    if (children !== '') for (const child of children.split(' ')) found.push(...processesOf(Number(child)))
  }
  return found
}

/** CPU time that a process and its descendants have used, all threads, in microseconds. */
export const cpuUs = (pid: number): number => {
  let ticks = 0
  for (const each of processesOf(pid)) {
    const stat = read(`/proc/${each}/stat`)
    // The program's name, in parentheses, may hold spaces; the fields after it may not.
    const [, ...fields] = stat.slice(stat.lastIndexOf(')')).split(' ')
    ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0)
  }
  return (ticks / ticksPerSecond) * 1e6
}

/** CPU time that a core has given to anybody, the kernel and the host of a virtual machine included, in microseconds. */
export const coreUs = (core: string): number => {
  const line = new RegExp(`^cpu${core} (.*)$`, 'm').exec(read('/proc/stat'))?.[1] ?? ''
  const [user = 0, nice = 0, system = 0, , , interrupts = 0, softInterrupts = 0, stolen = 0] = line
    .split(' ')
    .map(Number)
  return ((user + nice + system + interrupts + softInterrupts + stolen) / ticksPerSecond) * 1e6
}

/** Memory that a process and its descendants hold now, in bytes. */
export const residentBytes = (pid: number): number => {
  let kibibytes = 0
  for (const each of processesOf(pid))
    kibibytes += Number(/VmRSS:\s*(\d+)/.exec(read(`/proc/${each}/status`))?.[1] ?? 0)
  return kibibytes * 1024
}

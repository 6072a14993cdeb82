import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { processesOf } from './process-figures.ts'

/** The CPU that a program is pinned to: what is measured has one for itself. */
export const cores = { load: '0', measured: '1' } as const

/** The Node that the project runs on, whichever one runs the benchmarks. */
export const nodePath: string = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url))

/** Where programs are looked for; nginx is often outside the path of a user. */
export const searchPath = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`

export interface StartOptions {
  readonly core: keyof typeof cores
  /** Takes what the program prints. */
  readonly logFile: string
  readonly environment?: Readonly<Record<string, string>> | undefined
}

/** A program that was started here. */
export interface Child {
  readonly pid: number
  readonly logFile: string
  /** Settles when it has ended. */
  readonly ended: Promise<void>
  readonly hasEnded: boolean
  stop(): Promise<void>
}

const running = new Set<Child>()
const patienceMs = 3_000

/** Starts a program on its core. It ends with this process at the latest. */
export const start = (command: readonly string[], { core, logFile, environment }: StartOptions): Child => {
  const log = openSync(logFile, 'a')
  const started = spawn('taskset', ['-c', cores[core], ...command], {
    stdio: ['ignore', log, log],
    env: { ...process.env, PATH: searchPath, NODE_ENV: 'production', ...environment },
  })
  closeSync(log)
  const { pid } = started
  if (pid === undefined) throw new Error(`${command[0]} could not be started`)
  let hasEnded = false
  const ended = once(started, 'exit').then(() => {
    hasEnded = true
    running.delete(child)
  })
  const child: Child = {
    pid,
    logFile,
    ended,
    get hasEnded() {
      return hasEnded
    },
    stop: async () => {
      if (hasEnded) return
      started.kill('SIGTERM')
      await Promise.race([ended, sleep(patienceMs, undefined, { ref: false })])
      if (!hasEnded) killNow(child)
      await ended
    },
  }
  running.add(child)
  return child
}

/** A worker of nginx would outlive its killed master, so the whole tree is ended. */
const killNow = ({ pid }: Child): void => {
  for (const each of processesOf(pid)) {
    try {
      process.kill(each, 'SIGKILL')
    } catch {
      // It ended by itself in the meantime.
    }
  }
}

/** Ends everything that was started here and still runs. */
export const stopAll = async (): Promise<void> => {
  await Promise.all([...running].map((child) => child.stop()))
}

process.on('exit', () => {
  for (const child of running) killNow(child)
})

/** A port of this machine that nobody listens on now. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port is free')
  return address.port
}

/** Waits until `ask` says yes. Throws, with the end of its log, when the program ends before or takes longer than 20 s. */
export const untilAnswered = async (child: Child, ask: () => Promise<boolean>): Promise<void> => {
  const giveUpAt = performance.now() + 20_000
  while (!(await ask().catch(() => false))) {
    if (child.hasEnded || performance.now() > giveUpAt) {
      throw new Error(`a program did not answer; its log ends: ${readFileSync(child.logFile, 'utf8').slice(-2_000)}`)
    }
    await sleep(2)
  }
}

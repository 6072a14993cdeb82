import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** A Redis of a test's own, on a loopback port, that keeps nothing. */
export interface RedisServer {
  readonly url: string
  readonly pid: number
  /** Ends it as a crash does. */
  kill(): Promise<void>
  /** Starts it anew, empty, where it was. */
  start(): Promise<void>
  /** Ends it, and takes its folder away. */
  close(): Promise<void>
}

/** Why no Redis can be started here, with what to do; undefined: one can. */
export const noRedis = (): string | undefined => {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'redis-server is not installed: run node scripts/install-services.ts'
  }
}

/** A Redis for tests that keep to keys of their own: the one that REDIS_URL names, else one of their own. */
export const openRedis = async (): Promise<Pick<RedisServer, 'url' | 'close'>> => {
  const url = process.env.REDIS_URL
  return url ? { url, close: async () => {} } : startRedis()
}

/** `settings` as on its command line, such as `--requirepass secret`. */
export const startRedis = async (settings: readonly string[] = []): Promise<RedisServer> => {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-redis-'))
  const port = await freePort()
  let child: ChildProcess | undefined
  const start = async (): Promise<void> => {
    const quiet = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no']
    child = spawn('redis-server', [...quiet, ...settings], { stdio: 'ignore' })
    await answers(port, child)
  }
  const kill = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return child?.pid ?? 0
    },
    start,
    kill,
    close: async () => {
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return address !== null && typeof address === 'object' ? address.port : 0
}

const answers = async (port: number, child: ChildProcess): Promise<void> => {
  const end = performance.now() + 10_000
  while (performance.now() < end && child.exitCode === null) {
    const socket = connect(port, '127.0.0.1')
    const isThere = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false)
    socket.destroy()
    if (isThere) return
    await wait(10)
  }
  throw new Error(`redis-server does not listen on 127.0.0.1:${port}`)
}

import process from 'node:process'
import { describeConfig } from '../config/load.ts'
import { startServer } from '../server/start.ts'
import { banner } from './banner.ts'
import { endOnCrash } from './crash.ts'
import { Failure } from './failure.ts'
import { loadForCli } from './load.ts'
import { tell } from './output.ts'

export interface ServeOptions {
  readonly config?: string | undefined
  readonly store?: string | undefined
}

/** Why an address cannot be listened on, by the system's code, and what to do about it. */
const listenProblems: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something listens there already; choose another port by PORT or server.port, or stop what holds it',
  EACCES: 'this user may not; ports below 1024 are reserved, choose another by PORT or server.port',
  EADDRNOTAVAIL: 'this machine has no such address; set HOST or server.host to one of its own',
  ENOTFOUND: 'there is no such host; set HOST or server.host to an address of this machine',
}

/** The address stands in the error itself: administrators may have one of their own. */
const listenFailure = (error: unknown): Failure | undefined => {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return undefined
  const problem = listenProblems[String(error.code)]
  if (problem === undefined) return undefined
  const { address, hostname, port } = error as { address?: string; hostname?: string; port?: number }
  const where = `${address ?? hostname ?? 'the address'}${port === undefined ? '' : `:${port}`}`
  return new Failure(`Cannot listen on ${where}: ${problem} (${error.code}).`)
}

/** Runs the server until it is asked to stop; a second request to stop makes it hurry. */
export const serve = async (options: ServeOptions): Promise<void> => {
  const load = (file: string | undefined) => loadForCli(file, { listens: true, store: options.store })
  const config = await load(options.config)
  // Read again it is the same file: its absence must not mean that everything is as usual.
  const again = () => load(config.file ?? options.config)
  const running = await startServer(config, { load: again, watches: true }).catch((error) => {
    throw listenFailure(error) ?? error
  })
  // Changing `Object.prototype` is the first step of many attacks; from here on nobody may, nor reach it by `__proto__`.
  Reflect.deleteProperty(Object.prototype, '__proto__')
  Object.freeze(Object.prototype)
  endOnCrash(running.crash)
  const hurry = new AbortController()
  let stopping = false
  const stop = async (): Promise<void> => {
    if (stopping) return hurry.abort()
    stopping = true
    tell('Stopping: no new calls are taken, answers under way are finished. Once more to stop at once.')
    await running.stop(hurry.signal)
    process.exit(0)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('SIGHUP', () => void running.reload('signal'))
  // Last, because whoever waits for it may ask to stop at once.
  tell(banner(config, running))
  running.log.debug({ config: describeConfig(config) }, 'configuration')
}

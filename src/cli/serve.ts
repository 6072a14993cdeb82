import process from 'node:process'
import { describeConfig } from '../config/load.ts'
import { startServer } from '../server/start.ts'
import { banner } from './banner.ts'
import { endOnCrash } from './crash.ts'
import { loadForCli } from './load.ts'
import { tell } from './output.ts'

export interface ServeOptions {
  readonly config?: string | undefined
}

/** Runs the server until it is asked to stop; a second request to stop makes it hurry. */
export const serve = async (options: ServeOptions): Promise<void> => {
  const config = await loadForCli(options.config)
  const running = await startServer(config)
  tell(banner(config, running))
  running.log.debug({ config: describeConfig(config) }, 'configuration')
  // Assignments to `Object.prototype` are the first step of many attacks; from here on nobody may change it.
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
}

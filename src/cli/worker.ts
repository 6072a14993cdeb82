import process from 'node:process'
import { startWorkerProcess } from '../server/start-worker.ts'
import { endOnCrash } from './crash.ts'
import { Failure } from './failure.ts'
import { loadForCli } from './load.ts'
import { tell } from './output.ts'

export interface WorkerOptions {
  readonly config?: string | undefined
  readonly store?: string | undefined
  readonly concurrency?: number | undefined
}

/** Does jobs until it is asked to stop; a second request to stop makes it hurry. */
export const worker = async (options: WorkerOptions): Promise<void> => {
  const load = (file: string | undefined) => loadForCli(file, { listens: true, store: options.store })
  const config = await load(options.config)
  if (config.store.kind === 'memory')
    throw new Failure(
      'The store is the memory of this process, into which nobody can put jobs. Name the store of your servers by --store or in the configuration, such as sqlite:./tollgate.db.',
    )
  const concurrency = options.concurrency ?? Math.max(1, config.jobs.workers)
  const running = await startWorkerProcess(config, { concurrency, load: () => load(config.file ?? options.config) })
  // As in a server: changing `Object.prototype` is the first step of many attacks.
  Reflect.deleteProperty(Object.prototype, '__proto__')
  Object.freeze(Object.prototype)
  endOnCrash(running.crash)
  const hurry = new AbortController()
  let stopping = false
  const stop = async (): Promise<void> => {
    if (stopping) return hurry.abort()
    stopping = true
    tell('Stopping: no new jobs are taken, those under way are finished or given back. Once more to stop at once.')
    await running.stop(hurry.signal)
    process.exit(0)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('SIGHUP', () => void running.reload('signal'))
  // Last, because whoever waits for it may ask to stop at once.
  tell(`Tollgate does jobs of ${config.store.path}, ${concurrency} at a time.`)
}

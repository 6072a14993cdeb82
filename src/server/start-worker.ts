import type { Logger } from 'pino'
import { type Additions, assemble } from '../config/assemble.ts'
import type { Config } from '../config/config.ts'
import type { ReloadCause, ReloadOutcome } from '../config/reload.ts'
import { watchFile } from '../config/watch.ts'
import { createJobDoors } from './perform.ts'
import { reloaderOf } from './reloading.ts'

/** A process that does jobs and takes no calls. */
export interface RunningWorker {
  readonly log: Logger
  reload(cause: ReloadCause): Promise<ReloadOutcome>
  /** Finishes what is under way, as long as a server would, gives the rest back, then ends; `hurry` cuts the waiting short. */
  stop(hurry: AbortSignal): Promise<void>
  /** Writes the cause of a crash to the log, as far as it can still be written. */
  crash(cause: unknown): Promise<void>
}

export interface WorkerAdditions extends Additions {
  readonly concurrency: number
  /** Reads the configuration again, as it was read before. */
  load(): Promise<Config>
}

/** Starts a worker on the store of a configuration. Rejects when that cannot be used. */
export const startWorkerProcess = async (
  config: Config,
  { concurrency, load, ...additions }: WorkerAdditions,
): Promise<RunningWorker> => {
  const runtime = await assemble(config, { doors: createJobDoors, ...additions })
  const reloader = reloaderOf(config, runtime, load)
  const watching =
    config.file === undefined
      ? undefined
      : watchFile({ file: config.file, changed: () => void reloader.reload('file') })
  runtime.work(concurrency)
  return {
    log: runtime.log,
    reload: (cause) => reloader.reload(cause),
    stop: async (hurry) => {
      watching?.close()
      await runtime.stopWork({ graceMs: config.server.drain.streamsMs, hurry })
      await runtime.close()
    },
    crash: async (cause) => {
      runtime.log.fatal({ err: cause }, 'crashed')
      await runtime.flush()
    },
  }
}

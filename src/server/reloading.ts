import { ConfigError } from '../config/complaints.ts'
import type { Config } from '../config/config.ts'
import { createReloader, type Reloader } from '../config/reload.ts'
import { exposureProblem } from '../config/resolve-server.ts'
import type { Runtime } from '../config/runtime.ts'

/** Puts another configuration in force in a process that runs, and tells its log of it. `load`: default, it stays as it is. */
export const reloaderOf = (config: Config, runtime: Runtime, load: (() => Promise<Config>) | undefined): Reloader =>
  createReloader({
    config,
    load: load ?? (async () => runtime.config),
    replace: (wanted) => {
      // Where the server listens stays as it is, whatever is written now.
      const problem = exposureProblem(config.server.host, {})
      const exposed = wanted.exposure ?? (problem === undefined ? undefined : { path: 'server.host', problem })
      if (exposed && runtime.opensWith(wanted)) throw new ConfigError([exposed])
      return runtime.replace(wanted)
    },
    told: (outcome) => {
      const { cause, complaints, needsRestart } = outcome
      runtime.reloaded(outcome.ok)
      if (!outcome.ok)
        runtime.log.error({ cause, complaints }, 'The configuration is wrong; the old one stays in force.')
      else if (needsRestart.length > 0)
        runtime.log.warn({ cause, needsRestart }, 'The configuration is in force, but some of it only after a restart.')
      else runtime.log.info({ cause }, 'The configuration is in force.')
    },
  })

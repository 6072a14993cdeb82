import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import { type Additions, assemble } from '../config/assemble.ts'
import { ConfigError } from '../config/complaints.ts'
import type { Config } from '../config/config.ts'
import { describeConfig } from '../config/describe.ts'
import { configJsonSchema } from '../config/json-schema.ts'
import type { ReloadCause, ReloadOutcome } from '../config/reload.ts'
import type { Runtime } from '../config/runtime.ts'
import { watchFile } from '../config/watch.ts'
import { GatewayError } from '../core/errors.ts'
import { collectStartGarbage } from '../core/start-garbage.ts'
import { type Admin, createAdmin } from './admin/index.ts'
import { createAdminServer } from './admin/server.ts'
import { drain } from './lifecycle.ts'
import { createGatewayServer, type GatewayServer } from './node.ts'
import { createOverload, type Overload } from './overload.ts'
import { createJobDoors } from './perform.ts'
import { createPressureGauge } from './pressure.ts'
import { reloaderOf } from './reloading.ts'

/** A server that answers. */
export interface Running {
  /** Where it answers, such as `http://127.0.0.1:4000`. */
  readonly url: string
  readonly names: readonly { readonly name: string; readonly provider: string }[]
  /** True while nobody ever had a key, so that everybody is let in. */
  readonly isOpen: boolean
  readonly admin: {
    /** Where administrators come in. */
    readonly url: string
    /** The token that was made at this start; undefined when one is configured. */
    readonly token: string | undefined
  }
  readonly log: Logger
  /** Reads the configuration again and puts it in force when nothing is wrong with it. Never rejects. */
  reload(cause: ReloadCause): Promise<ReloadOutcome>
  /** Finishes what is under way, then ends; `hurry` cuts the waiting short. */
  stop(hurry: AbortSignal): Promise<void>
  /** Writes the cause of a crash to the log, as far as it can still be written. */
  crash(cause: unknown): Promise<void>
}

/** What a server may be given beside its configuration. */
export interface ServerAdditions extends Additions {
  /** Reads the configuration again, as it was read before. Default: it stays as it is. */
  readonly load?: (() => Promise<Config>) | undefined
  /** Is its file watched, so that a change holds at once? Default false. */
  readonly watches?: boolean | undefined
}

/**
 * Starts a gateway server. Rejects when the address is taken, when the store cannot be used, and, with a ConfigError, when
 * it would let everybody in at an address that other machines reach.
 */
export const startServer = async (config: Config, additions: ServerAdditions = {}): Promise<Running> => {
  const runtime = await assemble(config, { doors: createJobDoors, ...additions })
  try {
    if (runtime.isOpen && config.exposure) throw new ConfigError([config.exposure])
    return await listen(config, runtime, additions)
  } catch (thrown) {
    await runtime.close()
    throw thrown
  }
}

const listen = async (config: Config, runtime: Runtime, additions: ServerAdditions): Promise<Running> => {
  const { server: settings } = config
  const reloader = reloaderOf(config, runtime, additions.load)
  const admin = createAdmin({
    control: runtime.control,
    token: settings.admin.token,
    readToken: settings.admin.readToken,
    configSchema: configJsonSchema,
    queues: runtime.queues,
    recall: () => runtime.gateway.recallStandings(),
    explaining: runtime.explaining,
    webhooks: runtime.webhooks,
    jobs: runtime.jobControl,
    observing: {
      ...runtime.observing,
      targets: runtime.targets,
      feedbackOf: runtime.observing.feedbackOf,
      inFlight: () => runtime.gateway.inFlight,
    },
    configuration: { reloader, described: () => describeConfig(runtime.config) },
    refused: (error) => runtime.refused(error, 'admin'),
  })
  const apart = settings.admin.listen
  const front = callersServer(config, runtime, admin)
  const { server } = front
  await listening(server, settings)
  const back = apart && adminServer(config, runtime, admin)
  if (back) {
    try {
      await listening(back.server, apart)
    } catch (thrown) {
      server.close()
      throw thrown
    }
  }
  const watching =
    additions.watches && config.file !== undefined
      ? watchFile({ file: config.file, changed: () => void reloader.reload('file') })
      : undefined
  runtime.work(config.jobs.workers)
  const leaveGarbage = collectStartGarbage(() => runtime.gateway.inFlight === 0)
  return {
    url: urlOf(server),
    reload: (cause) => reloader.reload(cause),
    names: runtime.plan().names,
    get isOpen() {
      return runtime.isOpen
    },
    admin: { url: `${urlOf(back?.server ?? server)}/admin/`, token: admin.token },
    log: runtime.log,
    stop: async (hurry) => {
      watching?.close()
      leaveGarbage()
      // Whoever follows what happens would be waited for.
      runtime.observing.live.close()
      const options = { ...settings.drain, cancelAll: () => runtime.gateway.cancelAll(stopping()), hurry }
      await Promise.all([
        drain(front, options),
        back && drain(back, { ...options, cancelAll: () => {} }),
        runtime.stopWork({ graceMs: settings.drain.notReadyMs + settings.drain.streamsMs, hurry }),
      ])
      await runtime.close()
    },
    crash: async (cause) => {
      runtime.log.fatal({ err: cause }, 'crashed')
      await runtime.flush()
    },
  }
}

const overloadOf = ({ server: { capacity, maxMemoryBytes } }: Config, runtime: Runtime): Overload => {
  const gauge = createPressureGauge(maxMemoryBytes)
  const overload = createOverload({
    calls: () => runtime.gateway.inFlight / capacity,
    pressure: gauge.read,
    shed: runtime.shed,
    random: Math.random,
  })
  return {
    ...overload,
    get isBusy() {
      return overload.isBusy
    },
    close: () => {
      overload.close()
      gauge.close()
    },
  }
}

const callersServer = (config: Config, runtime: Runtime, admin: Admin): GatewayServer => {
  const { server: settings } = config
  const overload = overloadOf(config, runtime)
  const made = createGatewayServer({
    overload,
    gateway: runtime.gateway,
    plan: runtime.plan,
    authenticate: runtime.authenticate,
    get open() {
      return runtime.isOpen
    },
    metrics: runtime.metrics,
    refused: runtime.refused,
    get clientKeys() {
      return runtime.clientKeys
    },
    admin: settings.admin.listen ? undefined : admin,
    admit: admin.admit,
    maxBodyBytes: settings.maxBodyBytes,
    jobs: runtime.jobs,
    feedback: runtime.observing.feedback,
    files: runtime.files,
    webhookSecret: runtime.webhookSecret,
    maxFileBytes: settings.maxFileBytes,
    headersTimeoutMs: settings.headersTimeoutMs,
    requestTimeoutMs: settings.requestTimeoutMs,
    idleConnectionMs: settings.keepAliveMs,
  })
  made.server.once('close', () => overload.close())
  return made
}

const adminServer = ({ server: settings }: Config, runtime: Runtime, admin: Admin): GatewayServer =>
  createAdminServer({
    admin,
    refused: (error) => runtime.refused(error, 'admin'),
    headersTimeoutMs: settings.headersTimeoutMs,
    requestTimeoutMs: settings.requestTimeoutMs,
    idleConnectionMs: settings.keepAliveMs,
  })

const listening = (server: Server, { host, port }: { readonly host: string; readonly port: number }): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve())
  })

const stopping = (): GatewayError =>
  new GatewayError('overloaded', 'The server is stopping; ask again.', { outcome: 'cancelled' })

const urlOf = (server: Server): string => {
  const { address, family, port } = server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

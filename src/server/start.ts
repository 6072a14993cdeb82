import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import { type Additions, assemble, type Runtime } from '../config/assemble.ts'
import { ConfigError } from '../config/complaints.ts'
import type { Config } from '../config/config.ts'
import { configJsonSchema } from '../config/json-schema.ts'
import { GatewayError } from '../core/errors.ts'
import { type Admin, createAdmin } from './admin/index.ts'
import { createAdminServer } from './admin/server.ts'
import { drain } from './lifecycle.ts'
import { createGatewayServer, type GatewayServer } from './node.ts'

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
  /** Finishes what is under way, then ends; `hurry` cuts the waiting short. */
  stop(hurry: AbortSignal): Promise<void>
  /** Writes the cause of a crash to the log, as far as it can still be written. */
  crash(cause: unknown): Promise<void>
}

/**
 * Starts a gateway server. Rejects when the address is taken, when the store cannot be used, and, with a ConfigError, when
 * it would let everybody in at an address that other machines reach.
 */
export const startServer = async (config: Config, additions: Additions = {}): Promise<Running> => {
  const runtime = await assemble(config, additions)
  try {
    if (runtime.isOpen && config.exposure) throw new ConfigError([config.exposure])
    return await listen(config, runtime)
  } catch (thrown) {
    await runtime.close()
    throw thrown
  }
}

const listen = async (config: Config, runtime: Runtime): Promise<Running> => {
  const { server: settings } = config
  const admin = createAdmin({
    control: runtime.control,
    token: settings.admin.token,
    readToken: settings.admin.readToken,
    configSchema: configJsonSchema,
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
  return {
    url: urlOf(server),
    names: runtime.plan().names,
    get isOpen() {
      return runtime.isOpen
    },
    admin: { url: `${urlOf(back?.server ?? server)}/admin/`, token: admin.token },
    log: runtime.log,
    stop: async (hurry) => {
      const options = { ...settings.drain, cancelAll: () => runtime.gateway.cancelAll(stopping()), hurry }
      await Promise.all([drain(front, options), back && drain(back, { ...options, cancelAll: () => {} })])
      await runtime.close()
    },
    crash: async (cause) => {
      runtime.log.fatal({ err: cause }, 'crashed')
      await runtime.flush()
    },
  }
}

const callersServer = ({ server: settings }: Config, runtime: Runtime, admin: Admin): GatewayServer =>
  createGatewayServer({
    gateway: runtime.gateway,
    plan: runtime.plan,
    authenticate: runtime.authenticate,
    get open() {
      return runtime.isOpen
    },
    metrics: runtime.metrics,
    refused: runtime.refused,
    clientKeys: runtime.clientKeys,
    admin: settings.admin.listen ? undefined : admin,
    admit: admin.admit,
    maxBodyBytes: settings.maxBodyBytes,
    headersTimeoutMs: settings.headersTimeoutMs,
    requestTimeoutMs: settings.requestTimeoutMs,
    idleConnectionMs: settings.keepAliveMs,
  })

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

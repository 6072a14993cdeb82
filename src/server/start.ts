import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import { assemble } from '../config/assemble.ts'
import type { Config } from '../config/config.ts'
import { GatewayError } from '../core/errors.ts'
import { drain } from './lifecycle.ts'
import { createGatewayServer } from './node.ts'

/** A server that answers. */
export interface Running {
  /** Where it answers, such as `http://127.0.0.1:4000`. */
  readonly url: string
  readonly names: readonly { readonly name: string; readonly provider: string }[]
  readonly log: Logger
  /** Finishes what is under way, then ends; `hurry` cuts the waiting short. */
  stop(hurry: AbortSignal): Promise<void>
  /** Writes the cause of a crash to the log, as far as it can still be written. */
  crash(cause: unknown): Promise<void>
}

/** Starts a gateway server. Rejects when the address is taken. */
export const startServer = async (config: Config): Promise<Running> => {
  const runtime = assemble(config)
  const { server: settings } = config
  const front = createGatewayServer({
    gateway: runtime.gateway,
    plan: runtime.plan,
    authenticate: runtime.authenticate,
    open: config.keys.length === 0,
    metrics: runtime.metrics,
    refused: runtime.refused,
    maxBodyBytes: settings.maxBodyBytes,
    headersTimeoutMs: settings.headersTimeoutMs,
    requestTimeoutMs: settings.requestTimeoutMs,
    idleConnectionMs: settings.keepAliveMs,
  })
  const { server } = front
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(settings.port, settings.host, () => resolve())
  })
  return {
    url: urlOf(server.address() as AddressInfo),
    names: runtime.plan().names,
    log: runtime.log,
    stop: async (hurry) => {
      await drain(front, {
        ...settings.drain,
        cancelAll: () =>
          runtime.gateway.cancelAll(
            new GatewayError('overloaded', 'The server is stopping; ask again.', { outcome: 'cancelled' }),
          ),
        hurry,
      })
      await runtime.close()
    },
    crash: async (cause) => {
      runtime.log.fatal({ err: cause }, 'crashed')
      await runtime.flush()
    },
  }
}

const urlOf = ({ address, family, port }: AddressInfo): string =>
  `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`

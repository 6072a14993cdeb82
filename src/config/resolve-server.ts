import type * as z from 'zod'
import { bareHost, isHost, isLoopback } from './addresses.ts'
import { shown } from './complaints.ts'
import type { ServerConfig } from './config.ts'
import type { Environment } from './expand.ts'
import type { Complain } from './issues.ts'
import type { serverSchema } from './schema.ts'

interface Surroundings {
  readonly environment: Environment
  /** True when callers must show a key. */
  readonly guarded: boolean
  readonly complain: Complain
}

/** Where the gateway listens; the environment's HOST and PORT go before the file. */
export const resolveServer = (written: z.output<typeof serverSchema>, surroundings: Surroundings): ServerConfig => {
  const { environment, guarded, complain } = surroundings
  const host = bareHost(environment.HOST || written.host)
  if (!isHost(host)) complain(['server', 'host'], `expected an IP address or a host name, got ${shown(host)}`)
  else if (!guarded && !isLoopback(host)) {
    const from = environment.HOST ? ' (from the environment variable HOST)' : ''
    const problem = `${host}${from} is reachable from other machines; configure keys or bind 127.0.0.1`
    complain(['server', 'host'], problem)
  }
  return {
    host,
    port: environment.PORT ? portFrom(environment.PORT, complain) : written.port,
    maxBodyBytes: written.maxBodyBytes,
    headersTimeoutMs: written.headersTimeout,
    requestTimeoutMs: written.requestTimeout,
    keepAliveMs: written.keepAlive,
    drain: { notReadyMs: written.drain.notReady, streamsMs: written.drain.streams },
  }
}

const portFrom = (text: string, complain: Complain): number => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= 65_535) return port
  complain(['server', 'port'], 'the environment variable PORT must be a whole number from 0 to 65535')
  return 0
}

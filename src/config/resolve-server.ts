import type * as z from 'zod'
import { bareHost, isHost, isLoopback } from './addresses.ts'
import { shown } from './complaints.ts'
import type { ServerConfig } from './config.ts'
import type { Environment } from './expand.ts'
import type { Complain } from './issues.ts'
import { resolveAdmin } from './resolve-admin.ts'
import type { serverSchema } from './schema.ts'

interface Surroundings {
  readonly environment: Environment
  readonly complain: Complain
}

/** What is wrong with where a server listens when it lets everybody in; undefined when only this machine reaches it. */
export const exposureProblem = (host: string, environment: Environment): string | undefined => {
  if (isLoopback(host) || !isHost(host)) return undefined
  const from = environment.HOST ? ' (from the environment variable HOST)' : ''
  return `${host}${from} is reachable from other machines; configure keys or bind 127.0.0.1`
}

/** Where the gateway listens; the environment's HOST and PORT go before the file. */
export const resolveServer = (written: z.output<typeof serverSchema>, surroundings: Surroundings): ServerConfig => {
  const { environment, complain } = surroundings
  const host = bareHost(environment.HOST || written.host)
  if (!isHost(host)) complain(['server', 'host'], `expected an IP address or a host name, got ${shown(host)}`)
  return {
    host,
    port: environment.PORT ? portFrom(environment.PORT, complain) : written.port,
    maxBodyBytes: written.maxBodyBytes,
    maxFileBytes: written.maxFileBytes,
    capacity: written.capacity,
    maxMemoryBytes: written.maxMemoryBytes,
    headersTimeoutMs: written.headersTimeout,
    requestTimeoutMs: written.requestTimeout,
    keepAliveMs: written.keepAlive,
    drain: { notReadyMs: written.drain.notReady, streamsMs: written.drain.streams },
    admin: resolveAdmin(written.admin, complain),
  }
}

const portFrom = (text: string, complain: Complain): number => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= 65_535) return port
  complain(['server', 'port'], 'the environment variable PORT must be a whole number from 0 to 65535')
  return 0
}

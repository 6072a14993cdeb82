import { usualBodies } from './bodies-schema.ts'
import type { Config } from './config.ts'

/** What a running process cannot change: sockets that are open, files that are held, connections that are pooled. */
const fixed: Readonly<Record<string, (config: Config) => unknown>> = {
  'server.host': ({ server }) => server.host,
  'server.port': ({ server }) => server.port,
  'server.maxBodyBytes': ({ server }) => server.maxBodyBytes,
  'server.maxFileBytes': ({ server }) => server.maxFileBytes,
  'server.capacity': ({ server }) => server.capacity,
  'server.maxMemoryBytes': ({ server }) => server.maxMemoryBytes,
  'server.headersTimeout': ({ server }) => server.headersTimeoutMs,
  'server.requestTimeout': ({ server }) => server.requestTimeoutMs,
  'server.keepAlive': ({ server }) => server.keepAliveMs,
  'server.drain': ({ server }) => server.drain,
  'server.admin': ({ server }) => server.admin,
  store: ({ store }) => store,
  'cache.memory': ({ cache }) => cache.memoryBytes,
  'cache.disk': ({ cache }) => cache.disk?.mostBytes ?? 0,
  'cache.file': ({ cache }) => cache.disk?.path,
  'cache.key': ({ cache }) => cache.keys.map(({ id }) => id),
  queue: ({ queue }) => (queue.kind === 'redis' ? queue.prefix : queue),
  redis: ({ queue }) => (queue.kind === 'redis' ? queue.url : undefined),
  'jobs.workers': ({ jobs }) => jobs.workers,
  'jobs.lease': ({ jobs }) => jobs.leaseMs,
  'jobs.maxCrashes': ({ jobs }) => jobs.maxCrashes,
  'timeouts.connect': ({ timeouts }) => timeouts.connectMs,
  'telemetry.metrics': ({ telemetry }) => telemetry.metrics,
  'telemetry.traces': ({ telemetry }) => telemetry.traces,
  'telemetry.calls': ({ telemetry }) => telemetry.calls,
  'telemetry.storeBodies.keep': ({ telemetry }) => telemetry.storeBodies?.keepMs ?? usualBodies.keep,
}

/** The fields that differ and hold only after a restart, as they are written. */
export const restartNeeded = (running: Config, wanted: Config): readonly string[] =>
  Object.entries(fixed)
    .filter(([, read]) => JSON.stringify(read(running)) !== JSON.stringify(read(wanted)))
    .map(([field]) => field)

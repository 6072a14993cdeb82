import { GatewayError } from '../core/errors.ts'
import type { JobEngine } from '../core/job-engine.ts'
import type { Bell } from './bell.ts'
import { createEmbeddedBell, type EmbeddedOptions } from './embedded-bell.ts'

/**
 * The bell of the engine that is configured. It is there at once: what it rings with is connected to in the background, and told of in
 * reports while it is away. Fails with `invalid_request` when a package is missing, and says which.
 */
export const openBell = async (engine: JobEngine, { watch, report }: EmbeddedOptions): Promise<Bell> => {
  if (engine.kind === 'redis') {
    const { createRedisBell } = await wanted('redis', 'bullmq ioredis', () => import('./redis-bell.ts'))
    return createRedisBell({ url: engine.url, prefix: engine.prefix, report })
  }
  if (engine.kind === 'sqs') {
    const { createSqsBell } = await wanted('sqs', '@aws-sdk/client-sqs', () => import('./sqs-bell.ts'))
    return createSqsBell({ engine, report })
  }
  return createEmbeddedBell({ watch, report })
}

/** Packages of engines are installed by whoever uses these. */
export const wanted = async <T>(queue: string, packages: string, load: () => Promise<T>): Promise<T> => {
  try {
    return await load()
  } catch (cause) {
    if (!isMissing(cause)) throw cause
    throw new GatewayError(
      'invalid_request',
      `queue: ${queue} needs packages that are not installed; run npm install ${packages}.`,
      { cause },
    )
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'

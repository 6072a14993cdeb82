import { Redis } from 'ioredis'
import type { ConfigInput } from '../../config/schema.ts'
import { noRedis, startRedis } from '../../testing/redis-server.ts'
import { sqsEnvironment, startSqsDouble } from '../../testing/sqs-double.ts'

/** What tells workers of jobs, for one test. */
export interface Engine extends AsyncDisposable {
  readonly config: ConfigInput
  /** What processes need to reach it. */
  readonly environment: Readonly<Record<string, string>>
  /** Takes everything away that it carries. */
  lose(): Promise<void>
}

const nothing = async (): Promise<void> => {}

const store = async (): Promise<Engine> => ({
  config: {},
  environment: {},
  lose: nothing,
  [Symbol.asyncDispose]: nothing,
})

const redis = async (): Promise<Engine> => {
  const server = await startRedis()
  const client = new Redis(server.url)
  return {
    config: { queue: 'redis', redis: server.url },
    environment: {},
    lose: async () => void (await client.flushall()),
    async [Symbol.asyncDispose]() {
      client.disconnect()
      await server.close()
    },
  }
}

const sqs = async (): Promise<Engine> => {
  const double = await startSqsDouble()
  const url = await double.makeQueue('rings')
  return {
    config: { queue: { sqs: { url, region: sqsEnvironment.AWS_REGION, endpoint: double.endpoint } } },
    environment: sqsEnvironment,
    lose: () => double.purge(url),
    [Symbol.asyncDispose]: double.close,
  }
}

/** Whatever can tell workers of jobs. */
export const engines = [
  { name: 'SQLite alone', start: store, missing: undefined },
  { name: 'Redis', start: redis, missing: noRedis() },
  { name: 'SQS', start: sqs, missing: undefined },
] as const

import { Redis, type RedisOptions } from 'ioredis'
import type { Report } from './failing.ts'
import { againMs, PatientRedis } from './patient-redis.ts'

/** Connections to one Redis. Each is made anew when it breaks, within a second of Redis being there again. */
export interface RedisConnections {
  /** Fails at once while Redis is away. */
  readonly quick: Redis
  /** A new one that waits for Redis, for as long as it takes. What duplicates of it a library makes end with it. */
  patient(): Patient
  /** Fulfilled once it is known whether Redis is there; a gateway that has just started may be a little ahead of it. */
  readonly tried: Promise<void>
  close(): void
}

export interface Patient {
  readonly connection: Redis
  /** Whatever waits for them fails; within a second, when Redis is away. */
  end(): void
}

export const connectRedis = (url: string, report: Report): RedisConnections => {
  const heard = <Connection extends Redis>(redis: Connection): Connection => {
    redis.on('error', (error) => report('Redis cannot be reached; jobs that wait go on when it is back.', told(error)))
    return redis
  }
  const quick = heard(new Redis(url, { ...always, ...hasty }))
  quick.on('ready', () => void inspect(quick, report))
  const tried = new Promise<void>((resolve) => quick.once('ready', resolve).once('close', resolve))
  return {
    quick,
    tried,
    patient: () => {
      const own: Redis[] = []
      const open = (options: RedisOptions = {}): Redis => {
        const redis = heard(new PatientRedis(url, { ...always, ...options }))
        redis.duplicate = open
        own.push(redis)
        return redis
      }
      const end = (): void => {
        for (const redis of own) redis.disconnect()
      }
      return { connection: open(), end }
    },
    close: () => quick.disconnect(),
  }
}

const always: RedisOptions = { connectTimeout: 2_000, keepAlive: 10_000 }

const hasty: RedisOptions = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  retryStrategy: againMs,
}

/** What went wrong in words. The error itself may hold the command that failed, with the password in it. */
export const reasonOf = (error: unknown): string => {
  const words = error instanceof Error ? error.message : String(error)
  return words.startsWith("Stream isn't writeable") ? 'it cannot be reached' : words.replace(/\.$/, '')
}

const told = (error: unknown) => ({ reason: reasonOf(error) })

/** Says what of the server's settings does harm. */
const inspect = async (redis: Redis, report: Report): Promise<void> => {
  // Some do not let everybody ask; then nothing is known.
  const info = await redis.info().catch(() => '')
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1]
  if (policy !== undefined && policy !== 'noeviction')
    report('Redis may throw rings of jobs away when its memory is full; set maxmemory-policy to noeviction.', {
      policy,
    })
  const version = /^redis_version:(\S+)/m.exec(info)?.[1]
  if (version !== undefined && Number.parseFloat(version) < oldest)
    report('Redis is too old for BullMQ, which needs 6.2.', { version })
}

const oldest = 6.2

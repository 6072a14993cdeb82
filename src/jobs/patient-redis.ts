import { Redis, type RedisOptions } from 'ioredis'

/** How long to wait before connecting anew, in milliseconds. */
export const againMs = (times: number): number => Math.min(times * 50, 1_000)

/**
 * A connection that waits for Redis for as long as it takes, and yet ends whenever it is told to: a usual one that is told so between
 * two tries never says that it has ended, and keeps whoever waits for that.
 */
export class PatientRedis extends Redis {
  #isLeaving = false

  constructor(url: string, options: Omit<RedisOptions, 'replyMapping'>) {
    super(url, {
      ...options,
      maxRetriesPerRequest: null,
      retryStrategy: (times) => (this.#isLeaving ? null : againMs(times)),
    })
    this.on('ready', () => {
      if (this.#isLeaving) super.disconnect()
    })
    this.on('end', () => {
      this.#isLeaving = false
    })
  }

  override disconnect(reconnect = false): void {
    if (reconnect || this.status !== 'reconnecting') super.disconnect(reconnect)
    else this.#isLeaving = true
  }
}

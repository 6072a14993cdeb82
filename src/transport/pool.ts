import { Pool } from 'undici'

export interface PoolOptions {
  /** Connections per origin; further requests wait in line. Default 256. */
  readonly connections?: number | undefined
  /** Requests that may wait for a connection to one origin before more are refused. Default 1024. */
  readonly waiting?: number | undefined
  /** DNS, TCP and TLS together. Default 5 000. */
  readonly connectTimeoutMs?: number | undefined
  /** Connections are replaced this often, so that a changed DNS answer is seen. Default 300 000. */
  readonly maxAgeMs?: number | undefined
}

/** The connections to one origin, and how many requests are on their way over them or wait for one. */
export interface Lane {
  readonly pool: Pool
  /** Counted by whoever sends: asking the pool would go through all its connections with each request. */
  underWay: number
  /** So many under way that another one would only add to the queue. */
  readonly most: number
}

/** The connections to all upstreams: one bounded pool per origin, shared by all providers that live there. */
export interface Pools {
  lane(origin: string): Lane
  /** Waits for what is under way, then closes every connection. */
  close(): Promise<void>
  /** Closes every connection now. */
  destroy(): Promise<void>
}

export const createPools = (options: PoolOptions = {}): Pools => {
  const { connections = 256, waiting = 1024, connectTimeoutMs = 5_000, maxAgeMs = 300_000 } = options
  const lanes = new Map<string, Lane>()
  const open = (origin: string): Lane => {
    const pool = new Pool(origin, {
      connections,
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: 60_000,
      // Each of the gateway's own timers has its own error; undici's would cut long reasoning at 300 s.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: 64 * 1024,
      connect: { timeout: connectTimeoutMs },
    })
    const lane = { pool, underWay: 0, most: connections + waiting }
    lanes.set(origin, lane)
    return lane
  }
  // All pools are replaced together: an age for each connection would be looked at with every call. What is under way
  // on an old pool is finished there.
  const renewal = setInterval(() => {
    const old = [...lanes.values()]
    lanes.clear()
    for (const { pool } of old) void pool.close()
  }, maxAgeMs)
  renewal.unref()
  const all = async (end: (pool: Pool) => Promise<void>): Promise<void> => {
    await Promise.all([...lanes.values()].map(({ pool }) => end(pool)))
    lanes.clear()
    clearInterval(renewal)
  }
  return {
    lane: (origin) => lanes.get(origin) ?? open(origin),
    close: () => all((pool) => pool.close()),
    destroy: () => all((pool) => pool.destroy()),
  }
}

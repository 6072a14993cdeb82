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

/** The connections to all upstreams: one bounded pool per origin, shared by all providers that live there. */
export interface Pools {
  pool(origin: string): Pool
  /** True when so many requests wait for this origin that another one would only add to the queue. */
  full(pool: Pool): boolean
  /** Waits for what is under way, then closes every connection. */
  close(): Promise<void>
  /** Closes every connection now. */
  destroy(): Promise<void>
}

export const createPools = (options: PoolOptions = {}): Pools => {
  const { connections = 256, waiting = 1024, connectTimeoutMs = 5_000, maxAgeMs = 300_000 } = options
  const pools = new Map<string, Pool>()
  const open = (origin: string): Pool => {
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
    pools.set(origin, pool)
    return pool
  }
  // All pools are replaced together: an age for each connection would be looked at with every call. What is under way
  // on an old pool is finished there.
  const renewal = setInterval(() => {
    const old = [...pools.values()]
    pools.clear()
    for (const pool of old) void pool.close()
  }, maxAgeMs)
  renewal.unref()
  const all = async (end: (pool: Pool) => Promise<void>): Promise<void> => {
    await Promise.all([...pools.values()].map(end))
    pools.clear()
    clearInterval(renewal)
  }
  return {
    pool: (origin) => pools.get(origin) ?? open(origin),
    full: (pool) => pool.stats.queued >= waiting,
    close: () => all((pool) => pool.close()),
    destroy: () => all((pool) => pool.destroy()),
  }
}

import { after } from 'node:test'
import { Redis } from 'ioredis'
import { bellSuite } from '../testing/bell-suite.ts'
import { noRedis, openRedis, startRedis } from '../testing/redis-server.ts'
import { createRedisBell } from './redis-bell.ts'

const report = () => {}
// Where many tests share a processor.
const askMs = 10_000
const missing = noRedis()
const shared = missing === undefined ? await openRedis() : undefined
after(() => shared?.close())
let worlds = 0

const lose = async (url: string, prefix: string): Promise<void> => {
  const redis = new Redis(url)
  const keys = await redis.keys(`${prefix}*`)
  if (keys.length > 0) await redis.del(keys)
  redis.disconnect()
}

bellSuite({
  name: 'redis',
  missing,
  open: async ({ isAlone }) => {
    const own = isAlone || !shared ? await startRedis() : undefined
    const url = own?.url ?? shared?.url ?? ''
    const prefix = `{test-${process.pid}-${worlds++}}`
    return {
      open: () => createRedisBell({ url, prefix, report, lockMs: 600, askMs }),
      lose: () => lose(url, prefix),
      outage: own && { begin: own.kill, end: own.start },
      close: async () => own?.close(),
    }
  },
})

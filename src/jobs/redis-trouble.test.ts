import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, it } from 'node:test'
import { GatewayError } from '../core/errors.ts'
import { createRows } from '../testing/bell-rows.ts'
import { noRedis, type RedisServer, startRedis } from '../testing/redis-server.ts'
import type { Bell } from './bell.ts'
import { createRedisBell } from './redis-bell.ts'

const prefix = '{test}'
const rings = [{ job: 'job_a', owner: 'team:a' }]

interface Trial {
  readonly server: RedisServer
  /** With what is put between `redis://` and its host. */
  open(as?: string, database?: number): Bell
  readonly reports: string[]
}

const withRedis = (settings: readonly string[], body: (trial: Trial) => Promise<void>) => async () => {
  const server = await startRedis(settings)
  const bells: Bell[] = []
  const reports: string[] = []
  const open = (as = '', database = 0): Bell => {
    const bell = createRedisBell({
      url: `${server.url.replace('//', `//${as}`)}/${database}`,
      prefix,
      report: (message, facts) => void reports.push(`${message} ${JSON.stringify(facts)}`),
    })
    bells.push(bell)
    return bell
  }
  try {
    await body({ server, open, reports })
  } finally {
    await Promise.all(bells.map((bell) => bell.close()))
    await server.close()
  }
}

const refused = async (ringing: Promise<unknown>, words: RegExp): Promise<void> => {
  const start = performance.now()
  await assert.rejects(ringing, (error) => {
    assert.ok(error instanceof GatewayError)
    assert.equal(error.code, 'store_unavailable')
    assert.match(error.message, words)
    assert.doesNotMatch(JSON.stringify([error.message, error.cause, error.details]), /hunter2/)
    return true
  })
  assert.ok(performance.now() - start < 2_500)
}

describe('a bell on a Redis that gives trouble', { concurrency: true, skip: noRedis() ?? false }, () => {
  it(
    'shows its password, and a database of its own',
    withRedis(['--requirepass', 'hunter2'], async ({ open }) => {
      const [bell, elsewhere] = [open(':hunter2@', 3), open(':hunter2@', 4)]
      await bell.ring(rings)
      assert.equal(await bell.waiting(), 1)
      assert.equal(await elsewhere.waiting(), 0)
    }),
  )

  it(
    'never repeats a password that is wrong',
    withRedis(['--requirepass', 'another'], async ({ open, reports }) => {
      const bell = open('ada:hunter2@')
      await refused(bell.ring(rings), /^Redis did not take the rings of jobs: /)
      assert.match(reports.join('\n'), /WRONGPASS/)
      assert.doesNotMatch(reports.join('\n'), /hunter2/)
    }),
  )

  it(
    'tells who may throw rings away',
    withRedis(['--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru'], async ({ open, reports }) => {
      await open().ring(rings)
      await createRows().until(() => reports.length > 0)
      assert.match(reports.join('\n'), /set maxmemory-policy to noeviction.*allkeys-lru/)
    }),
  )

  it(
    'is refused by a full Redis, and says so',
    withRedis(['--maxmemory', '1', '--maxmemory-policy', 'noeviction'], async ({ open }) => {
      await refused(open().ring(rings), /OOM/)
    }),
  )

  it(
    'gives a Redis that does not move two seconds, and goes on when it does',
    withRedis([], async ({ server, open }) => {
      const rows = createRows()
      const bell = open()
      bell.answer(rows.answerer({ name: 'one' }))
      await bell.ring(rows.add('job_a'))
      await rows.done(1)
      process.kill(server.pid, 'SIGSTOP')
      await refused(bell.ring(rows.add('job_b')), /there was no answer within/)
      process.kill(server.pid, 'SIGCONT')
      await bell.look(async () => 1)
      await rows.done(2)
    }),
  )

  it(
    'may be there before its Redis',
    withRedis([], async ({ server, open }) => {
      await server.kill()
      const rows = createRows()
      const bell = open()
      bell.answer(rows.answerer({ name: 'one' }))
      await refused(bell.ring(rows.add('job_a')), /it cannot be reached/)
      await server.start()
      await rows.until(() =>
        bell
          .look(async () => 1)
          .then(
            () => true,
            () => false,
          ),
      )
      await rows.done(1)
    }),
  )

  it(
    'can be closed while Redis is away, and finishes what is under way',
    withRedis([], async ({ server, open }) => {
      const rows = createRows()
      const bell = open()
      const work = rows.holdTasks()
      bell.answer(rows.answerer({ name: 'one' }))
      await bell.ring(rows.add('job_a'))
      await rows.begun(1)
      await server.kill()
      const start = performance.now()
      const closed = bell.close()
      work.go()
      await closed
      assert.deepEqual(rows.finished(), ['job_a'])
      assert.ok(performance.now() - start < 4_000)
    }),
  )

  it('speaks TLS to rediss', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    assert.ok(address !== null && typeof address === 'object')
    const bell = createRedisBell({ url: `rediss://127.0.0.1:${address.port}`, prefix, report: () => {} })
    const [socket] = await once(server, 'connection')
    const [bytes] = await once(socket, 'data')
    // A record of a handshake.
    assert.equal(bytes[0], 22)
    socket.destroy()
    await bell.close()
    server.close()
  })
})

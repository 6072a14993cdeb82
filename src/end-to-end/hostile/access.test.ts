import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { parseConfig } from '../../config/load.ts'
import { doors, type ServerDoor } from '../../server/routes.ts'
import { startServer } from '../../server/start.ts'
import { rawRequest } from '../../testing/index.ts'
import { bodyOf } from '../faults/client.ts'
import { serveInVain } from './cli-child.ts'
import { answersIn, type RawResponse } from './raw-answers.ts'
import { type Rig, startRig } from './rig.ts'

const full = 'sk-tg-key-of-everything'
const narrow = 'sk-tg-key-of-one-model'

interface Asking {
  readonly method?: string
  readonly path: string
  readonly lines?: readonly string[]
  readonly host?: string
  readonly body?: string
}

const ask = async (port: number, asking: Asking): Promise<RawResponse> => {
  const { method = 'GET', path, lines = [], host = '127.0.0.1', body = '' } = asking
  const head = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${host}`,
    ...lines,
    ...(body === '' ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`]),
    'Connection: close',
  ]
  const { bytes } = await rawRequest(port, Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`, 'latin1'))
  const answer = answersIn(bytes)[0]
  assert.ok(answer)
  return answer
}

/** The doors of the table, and the one whose path names a model. */
const allDoors: readonly (readonly [path: string, door: ServerDoor])[] = [
  ...doors,
  ['/v1/models/chat', { path: '/v1/models', kind: 'page', method: 'GET', access: 'caller', page: 'model' }],
]

const questionFor = (path: string, door: ServerDoor): Asking => {
  if (door.kind === 'page') return { path, method: door.method }
  if (door.kind === 'feedback') return { path, method: 'POST', body: '{"call":"none","score":1}' }
  if (door.kind === 'jobs' || door.kind === 'files' || door.kind === 'webhooks') return { path, method: 'GET' }
  if (door.kind === 'raw' && door.method === undefined) return { path: '/passthrough/up/models', method: 'GET' }
  if (door.kind === 'raw') return { path, method: door.method, body: JSON.stringify({ model: 'chat', input: 'Hi' }) }
  if (door.operation === 'embed' || door.wire.name === 'openai-responses')
    return { path, method: door.method, body: JSON.stringify({ model: 'chat', input: 'Hi' }) }
  const language = door.wire.name === 'anthropic-messages' ? 'anthropic' : 'openai'
  return { path, method: door.method, body: bodyOf({ language, model: 'chat' }) }
}

const credentials = {
  none: [],
  wrong: ['Authorization: Bearer sk-tg-wrong-key'],
  full: [`Authorization: Bearer ${full}`],
}

/** What each credential gets at a door, by who may use it. */
const expected = (door: ServerDoor): Readonly<Record<string, number>> => {
  if (door.access !== 'caller') return { none: 200, wrong: 200, full: 200, narrow: 200 }
  // Nobody asked anything there of which something could be said.
  if (door.kind === 'feedback') return { none: 401, wrong: 401, full: 404, narrow: 404 }
  const isOwn = door.kind === 'jobs' || door.kind === 'files' || door.kind === 'webhooks'
  const listing = (door.kind === 'page' && door.page === 'models') || isOwn
  return { none: 401, wrong: 401, full: 200, narrow: listing ? 200 : 404 }
}

describe('who may do what', () => {
  let rig: Rig
  before(async () => {
    rig = await startRig({
      keys: [
        { name: 'full', key: full },
        { name: 'narrow', key: narrow, models: ['claude'] },
      ],
      telemetry: { log: 'silent', metrics: true },
    })
  })
  after(() => rig[Symbol.asyncDispose]())

  for (const [path, door] of allDoors) {
    for (const [who, lines] of Object.entries({ ...credentials, narrow: [`X-Api-Key: ${narrow}`] })) {
      const status = expected(door)[who]
      test(`${path} answers ${status} to a key that is ${who}`, async () => {
        const asked = rig.received().length
        const answer = await ask(rig.port, { ...questionFor(path, door), lines })
        assert.equal(answer.status, status, answer.body)
        if (status !== 200) assert.equal(rig.received().length, asked)
      })
    }

    if (door.access === 'operator')
      test(`${path} is for this machine alone: not for proxies, not for names that were pointed here`, async () => {
        for (const header of ['X-Forwarded-For', 'X-Forwarded-Host', 'X-Real-IP', 'Forwarded', 'Via']) {
          const lines = [`${header}: 203.0.113.7`, `Authorization: Bearer ${full}`]
          assert.equal((await ask(rig.port, { path, lines })).status, 403)
        }
        assert.equal((await ask(rig.port, { path, host: 'rebound.example' })).status, 403)
      })
  }

  test('a key sees and reaches the models that are its own', async () => {
    const lines = [`X-Api-Key: ${narrow}`]
    const { body } = await ask(rig.port, { path: '/v1/models', lines })
    assert.deepEqual(
      JSON.parse(body).data.map(({ id }: { id: string }) => id),
      ['claude'],
    )
    assert.equal((await ask(rig.port, { path: '/v1/models/claude', lines })).status, 200)
    for (const model of ['chat', 'up/one', 'claude/one', 'claude/two', 'nobody']) {
      const asking = { path: '/v1/messages', method: 'POST', lines }
      const refused = await ask(rig.port, { ...asking, body: bodyOf({ language: 'anthropic', model }) })
      const absent = await ask(rig.port, { ...asking, body: bodyOf({ language: 'anthropic', model: 'absent' }) })
      assert.equal(refused.status, 404)
      assert.equal(refused.body, absent.body.replace('absent', model))
    }
    assert.equal(rig.received().filter(({ path }) => path === '/v1/messages').length, 0)
  })

  test('every credential that is none gets the same answer, to the byte', async () => {
    const bad = [
      ...[
        [],
        ['Authorization: '],
        ['Authorization: Bearer'],
        ['Authorization: Bearer '],
        ['Authorization: Basic eDp5'],
      ],
      ...[[`Authorization: ${full}`], [`Authorization: Token ${full}`], [`Authorization: Bearer ${full} x`]],
      ...[[`Authorization: Bearer ${full}x`], [`Authorization: Bearer ${full.slice(0, -1)}`]],
      ...[[`Authorization: Bearer ${full.toUpperCase()}`], [`Authorization: Bearer ${'k'.repeat(8_000)}`]],
      ...[['Authorization: Bearer \xe9\xff'], [`X-Api-Key: ${full}x`], ['X-Api-Key: '], [`X-Api-Key: Bearer ${full}`]],
      ...[
        [`X-Api-Key: ${full}, ${full}`],
        [`Cookie: key=${full}`],
        [`X-Key: ${full}`],
        [`Proxy-Authorization: Bearer ${full}`],
      ],
      ...[["Authorization: Bearer ' OR 1=1 --"], ['Authorization: Bearer __proto__'], ['X-Api-Key: constructor']],
      ...[['X-Api-Key: %_%'], [`Authorization: Bearer wrong`, `X-Api-Key: ${full}`]],
    ]
    for (const asking of [
      { path: '/v1/models' },
      { path: '/v1/chat/completions', method: 'POST', body: bodyOf({}) },
      { path: '/v1/messages', method: 'POST', body: bodyOf({ language: 'anthropic' }) },
    ]) {
      const answers = await Promise.all(bad.map((lines) => ask(rig.port, { ...asking, lines })))
      const withoutIds = answers.map(({ status, headers, body }) => {
        const { date: _date, 'x-request-id': _id, 'request-id': _sameId, ...rest } = headers
        return { status, headers: rest, body }
      })
      for (const answer of withoutIds) assert.deepEqual(answer, withoutIds[0])
      assert.equal(withoutIds[0]?.status, 401)
    }
  })

  test('a key in the query is refused before anybody looks at it', async () => {
    for (const path of [`/v1/models?key=${full}`, `/v1/models?a=1&key=${full}`]) {
      const { status, body } = await ask(rig.port, { path, lines: credentials.full })
      assert.equal(status, 400)
      assert.ok(!body.includes(full))
    }
  })
})

describe('a server without keys', () => {
  let rig: Rig
  before(async () => {
    rig = await startRig({ telemetry: { log: 'silent', metrics: true } })
  })
  after(() => rig[Symbol.asyncDispose]())

  const own = [
    'localhost',
    'LOCALHOST',
    'localhost:4000',
    '127.0.0.1',
    '127.0.0.1:80',
    '127.8.9.1',
    '[::1]',
    '[::1]:4000',
  ]
  const foreign = [
    ...['rebound.example', '127.0.0.1.rebound.example', 'localhost.rebound.example', 'localhost.', 'localhostx'],
    ...['xlocalhost', '0.0.0.0', '127.1', '2130706433', '0x7f000001', '[::]', '[::ffff:127.0.0.1]', '192.168.0.1'],
    ...['127.0.0.1-rebound.example', 'user', '1127.0.0.1', '[::1].rebound.example'],
  ]
  const closedDoors = allDoors.filter(([, { access }]) => access !== 'open')

  for (const [path, door] of closedDoors)
    test(`${path} answers to names of this machine only`, async () => {
      const asking = questionFor(path, door)
      const good = door.kind === 'feedback' ? 404 : 200
      for (const host of own) assert.equal((await ask(rig.port, { ...asking, host })).status, good, host)
      const asked = rig.received().length
      for (const host of foreign) {
        const { status } = await ask(rig.port, { ...asking, host })
        assert.ok(status === 403 || (status === 400 && host.startsWith('[::1]')), `${host}: ${status}`)
      }
      assert.equal(rig.received().length, asked)
    })

  test('tells no web page that it may read, whatever it asks', async () => {
    const lines = ['Origin: http://rebound.example', 'Access-Control-Request-Method: POST', 'Connection: close']
    for (const [path] of allDoors)
      for (const method of ['OPTIONS', 'GET', 'POST', 'HEAD']) {
        const bytes = `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${lines.join('\r\n')}\r\n\r\n`
        assert.doesNotMatch((await rawRequest(rig.port, bytes)).text, /access-control/i)
      }
  })
})

describe('starting', () => {
  const providers = { sim: { kind: 'simulated' } } as const

  for (const host of ['0.0.0.0', '::', '192.0.2.1', 'example.com', '127.0.0.1.example.com', '::ffff:0.0.0.0', '*']) {
    test(`on ${JSON.stringify(host)} without keys is refused`, async () => {
      const input = { discover: false, providers, server: { host, port: 0 }, telemetry: { log: 'silent' } } as const
      const starting = parseConfig(input, {}).then((config) => startServer(config))
      await assert.rejects(starting, /configure keys or bind 127\.0\.0\.1|host: expected/)
    })
  }

  test('is refused by the command too, wherever the address was written, and nothing listens', async () => {
    const everywhere = serveInVain({ discover: false, providers, server: { host: '0.0.0.0', port: 0 } })
    const given = serveInVain({ discover: false, providers, server: { port: 0 } }, { HOST: '::' })
    for (const { code, told, log } of [await everywhere, await given]) {
      assert.deepEqual([code, log], [1, ''])
      assert.match(told, /configure keys or bind 127\.0\.0\.1/)
      assert.doesNotMatch(told, /listens on/)
    }
  })
})
